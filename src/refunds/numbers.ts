/**
 * A provider may count a merchantRefundId as unique for each of its merchants only, and an account may see
 * several of them. The refund that becomes known first has the number as its id here. One of another merchant
 * under the same number has an id of number and merchant, so that every id is of one refund.
 */
import { merchantRefundId, type MerchantRefundId } from './ids.ts';
import type { RefundDetails } from './refund.ts';

/** A control character, which no id of a provider is believed with. */
export const SEPARATOR = '\u001F';

/** The id of a merchant's refund under a number that a refund of another merchant has as its id. */
export const idOfMerchant = (number: string, merchant: string): MerchantRefundId =>
  merchantRefundId(`${number}${SEPARATOR}${merchant}`);

/** The number as the provider and people know it. */
export function numberOf(id: string): MerchantRefundId {
  const end = id.indexOf(SEPARATOR);
  return merchantRefundId(end < 0 ? id : id.slice(0, end));
}

/** Asks for the refund of this very id, and not for all under its number. */
export const exactly = (id: MerchantRefundId): MerchantRefundId => (id.includes(SEPARATOR) ? id : idOfMerchant(id, ''));

/** The id that a text from `exactly` names; null for a number, which may name several. */
export function exactId(asked: string): MerchantRefundId | null {
  if (!asked.includes(SEPARATOR)) return null;
  return asked.endsWith(SEPARATOR) ? numberOf(asked) : merchantRefundId(asked);
}

/** Whether what was asked for, a number or one refund exactly, names the refund of an id. */
export function isNamed(id: string | null, asked: string): boolean {
  if (id === null) return false;
  const exact = exactId(asked);
  return exact === null ? numberOf(id) === asked : id === exact;
}

/** The merchant under whose numbers a refund is, where its provider names one. */
export const merchantOf = (details: RefundDetails | null): string | null =>
  details?.provider === 'SHOUTU' ? details.merchantNo : null;
