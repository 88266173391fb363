/** A provider's words for a refund's state. An unknown word never ends a refund. */
import type { Tell } from '../../operator/event.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RefundStatus } from '../../refunds/refund.ts';

/** What a word means; a word that nobody explained means PROCESSING. */
export type StatusOf = (word: string) => RefundStatus;

/**
 * The words of an account: the wing's own, then what the operator's settings add or change. Unknown ones are
 * reported.
 */
export function statusWords(
  account: AccountKey,
  known: Readonly<Record<string, RefundStatus>>,
  settings: Readonly<Record<string, RefundStatus>>,
  tell: Tell | undefined,
): StatusOf {
  const words = new Map([...Object.entries(known), ...Object.entries(settings)]);
  return (word) => {
    const status = words.get(word);
    if (status === undefined) tell?.({ kind: 'unknown-status', account, word });
    return status ?? 'PROCESSING';
  };
}
