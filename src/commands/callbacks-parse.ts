/** `npm run callbacks`: what an operator may ask about callbacks. */
import { parseArgs } from 'node:util';
import type { CallbackSearch } from '../ledger/callback-search.ts';
import { CALLBACK_STATES, type CallbackState } from '../ledger/tables.ts';

export const USAGE = `npm run callbacks -- list [--state applied|flagged|rejected] [--account KEY] [--refund ID] [--since 2h|2026-11-23] [--limit 50]
npm run callbacks -- show ID      one callback with its body
npm run callbacks -- replay ID    verify it again and apply it, as if it had come just now
`;

export type Command =
  | { readonly kind: 'list'; readonly search: CallbackSearch }
  | { readonly kind: 'show' | 'replay'; readonly id: string }
  | { readonly kind: 'wrong'; readonly problem: string };

const wrong = (problem: string): Command => ({ kind: 'wrong', problem });

/** Reads the words after `npm run callbacks --`. */
export function readCommand(words: readonly string[], now: Date): Command {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        state: { type: 'string' },
        account: { type: 'string' },
        refund: { type: 'string' },
        since: { type: 'string' },
        limit: { type: 'string', default: '50' },
      },
    });
    const [verb, id, ...rest] = positionals;
    if ((verb === 'show' || verb === 'replay') && id !== undefined && rest.length === 0) return { kind: verb, id };
    if (verb !== 'list' || id !== undefined) return wrong('say list, show ID or replay ID');
    const state = values.state === undefined ? null : stateOf(values.state);
    if (state === undefined) return wrong(`--state: expected applied, flagged or rejected, got ${values.state}`);
    const since = values.since === undefined ? null : instantOf(values.since, now);
    if (since === undefined) return wrong(`--since: expected 30m, 2h, 3d or a date, got ${values.since}`);
    const limit = Number(values.limit);
    if (!Number.isInteger(limit) || limit < 1) return wrong(`--limit: expected a whole number, got ${values.limit}`);
    const { account = null, refund = null } = values;
    return { kind: 'list', search: { state, account, refund, since, limit } };
  } catch (error) {
    // parseArgs names the option that it does not know.
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const stateOf = (word: string): CallbackState | undefined =>
  CALLBACK_STATES.find((state) => state === word.toUpperCase());

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** An instant in an operator's words: `30m`, `2h` or `3d` ago, or a date. */
export function instantOf(text: string, now: Date): Date | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (UNIT_MS[unit] ?? 0));
  const at = new Date(text);
  return /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(at.getTime()) ? at : undefined;
}
