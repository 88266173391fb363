/** Rows as no page documents them: members that the control server replaced or left out. */
import type { Refund } from './model.ts';

/** A row of the wire as it is shown; without a bend it is the row itself. */
export function bent(row: object, { bend }: Pick<Refund, 'bend'>): Readonly<Record<string, unknown>> {
  const members = { ...row, ...bend?.members };
  return Object.fromEntries(Object.entries(members).filter(([name]) => !bend?.without.includes(name)));
}
