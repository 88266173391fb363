/** `npm run callbacks`: how an operator is answered. */
import type { KeptCallback } from '../ledger/callback-search.ts';
import type { Replayed } from '../services/inbox/replay.ts';

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
