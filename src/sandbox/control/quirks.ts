/** Quirks: what a real provider may do otherwise than the simulation, switched on and off by name. */
import { z } from 'zod';
import type { Simulation } from '../simulation.ts';
import { ControlError } from './by-hand.ts';

export const quirkSchema = z.strictObject({ quirk: z.string(), on: z.boolean().default(true) });

/** Switches a quirk; it holds until it is switched off or the sandbox ends. */
export function switchQuirk(
  parts: { readonly simulations: Readonly<Record<string, Simulation>>; readonly quirks: Set<string> },
  { quirk, on }: z.infer<typeof quirkSchema>,
): object {
  const known = Object.values(parts.simulations).flatMap(({ quirks }) => Object.keys(quirks));
  if (!known.includes(quirk)) {
    throw new ControlError(`There is no quirk ${quirk}: it is one of ${known.join(', ')}.`);
  }
  if (on) parts.quirks.add(quirk);
  else parts.quirks.delete(quirk);
  return { quirk, on };
}
