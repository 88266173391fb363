/** What a search for a refund means. The ledger says the same in SQL; a test compares them. */
import type { Refund } from '../refund.ts';

/** Of a text so many characters are searched, and of a word so many: what the ledger's index keeps. */
const MOST_SEARCHED = 20_000;
const LONGEST_WORD = 100;

/** Signs of ASCII that are neither small letters nor digits. Signs of other scripts belong to words. */
const BETWEEN_WORDS = /[^a-z0-9\u0080-\u{10ffff}]+/u;

/** The words of a text; of letters only those of ASCII are made small. */
export function wordsOf(text: string): readonly string[] {
  const searched = Array.from(text).slice(0, MOST_SEARCHED).join('');
  const small = searched.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  return small
    .split(BETWEEN_WORDS)
    .filter((word) => word !== '')
    .map((word) => Array.from(word).slice(0, LONGEST_WORD).join(''));
}

/** Whether a search finds a refund: by the start of an id, or each of its words by the start of a word. */
export function isFound(
  refund: Pick<Refund, 'merchantRefundId' | 'providerRefundId' | 'payment' | 'reason' | 'failure'>,
  search: string,
): boolean {
  const { merchantRefundId, providerRefundId, payment, reason, failure } = refund;
  const ids = [merchantRefundId, providerRefundId, payment.merchantPaymentId, payment.providerPaymentId];
  if (ids.some((id) => id?.startsWith(search) === true)) return true;
  const asked = wordsOf(search);
  const words = wordsOf([reason, failure?.code, failure?.message].map((text) => text ?? '').join(' '));
  return asked.length > 0 && asked.every((one) => words.some((word) => word.startsWith(one)));
}
