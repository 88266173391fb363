/** `npm run callbacks`: what an operator asks about callbacks, and how he is answered. */
import { parseArgs } from 'node:util';
import type { CallbackSearch, KeptCallback } from '../ledger/callback-search.ts';
import { CALLBACK_STATES, type CallbackState } from '../ledger/tables.ts';
import type { Replayed } from '../services/replay.ts';

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

/** What a stranger wrote must not speak to the operator's terminal. */
const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);

/** The list as a table, or a sentence when it is empty. */
export function printList(callbacks: readonly KeptCallback[]): string {
  if (callbacks.length === 0) return 'No callback fits.\n';
  const rows = callbacks.map((one) => [
    one.id,
    one.receivedAt.toISOString(),
    one.account,
    one.state,
    one.merchantRefundId ?? '-',
    `×${one.timesReceived}`,
    one.reason ?? '',
  ]);
  const table = [['ID', 'RECEIVED', 'ACCOUNT', 'STATE', 'REFUND', 'TIMES', 'REASON'], ...rows].map((row) =>
    row.map(printable),
  );
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** One callback, with its body as text. */
export function printCallback(one: KeptCallback & { readonly body: Buffer | null }): string {
  const facts: readonly (readonly [string, string])[] = [
    ['id', one.id],
    ['account', one.account],
    ['state', one.state],
    ['reason', one.reason ?? '-'],
    ['refund', one.merchantRefundId ?? '-'],
    ['received', one.receivedAt.toISOString()],
    ['last received', `${one.lastReceivedAt.toISOString()}, ${one.timesReceived} in all`],
    ['from', one.remoteAddress ?? '-'],
    ['content type', one.contentType],
    ['body', one.body === null ? `${one.bodySize} bytes, not kept` : `${one.bodySize} bytes:`],
  ];
  const head = facts.map(([name, value]) => `${name.padEnd(13)}  ${printable(value)}\n`).join('');
  return one.body === null ? head : `${head}${printable(one.body.toString('utf8'))}\n`;
}

/** What a replay brought, and whether it was what the operator wanted. */
export function printReplay(replayed: Replayed): { readonly text: string; readonly isGood: boolean } {
  switch (replayed.kind) {
    case 'unknown':
      return { text: 'There is no callback of this id.\n', isGood: false };
    case 'impossible':
      return { text: `It can't be applied: ${printable(replayed.reason)}.\n`, isGood: false };
    case 'rejected':
      return { text: `It is still not believed: ${printable(replayed.reason)}.\n`, isGood: false };
    case 'flagged':
      return { text: `It ${printable(replayed.reason ?? 'is flagged')}. The refund stays as it was.\n`, isGood: false };
    case 'applied': {
      const { refund, change } = replayed.observed;
      const name = printable(`${refund.account} ${refund.merchantRefundId}`);
      if (change === 'NONE') return { text: `${name} is ${refund.status}: nothing new.\n`, isGood: true };
      return { text: `${name} is now ${refund.status} (${change}).\n`, isGood: true };
    }
  }
}
