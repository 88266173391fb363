/**
 * Which refund an update is of. Its number decides, unless several merchants of the account use the number:
 * then the merchant does. A refund that was begun here learns its merchant from the first record that fits.
 */
import type { StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import { idOfMerchant, merchantOf } from '../../refunds/numbers.ts';
import { contradictions, type RefundUpdate } from '../../refunds/update.ts';
import type { ObservedAccount } from './judged.ts';

type Rows = ReadonlyMap<MerchantRefundId, StoredWithRecord>;

/** Every id that an update's refund may have. */
export function idsFor({ merchantRefundId, details }: RefundUpdate): readonly MerchantRefundId[] {
  const merchant = merchantOf(details);
  return merchant === null ? [merchantRefundId] : [merchantRefundId, idOfMerchant(merchantRefundId, merchant)];
}

/** The updates under the ids of their refunds, in their positions. `rows`: what is stored under `idsFor`. */
export function withOwnIds(
  account: ObservedAccount,
  rows: Rows,
  updates: readonly RefundUpdate[],
): readonly RefundUpdate[] {
  const learned = new Map<MerchantRefundId, string>();
  // What fits goes first: it says whose the number is.
  for (const update of updates) {
    const { merchantRefundId: number, details } = update;
    const [row, merchant] = [rows.get(number), merchantOf(details)];
    if (merchant === null || learned.has(number)) continue;
    const known = row === undefined ? null : merchantOf(row.refund.details);
    const fits = row === undefined || contradictions(row.refund, update, account).length === 0;
    if (known !== null || fits) learned.set(number, known ?? merchant);
  }
  return updates.map((update): RefundUpdate => {
    const { merchantRefundId: number, details } = update;
    const merchant = merchantOf(details);
    if (merchant === null) return update;
    const [row, whose] = [rows.get(number), learned.get(number)];
    const isOther = whose === undefined ? row !== undefined && isOfOthers(account, row, update) : whose !== merchant;
    return isOther ? { ...update, merchantRefundId: idOfMerchant(number, merchant) } : update;
  });
}

/** Whether a row, found under the id of an update, is of another merchant after all. */
export const isOfAnother = ({ refund }: StoredWithRecord, { details }: RefundUpdate): boolean => {
  const [known, told] = [merchantOf(refund.details), merchantOf(details)];
  return known !== null && told !== null && known !== told;
};

/** A refund that was begun here and never seen gives back one payment: a record of another is another refund's. */
const isOfOthers = (account: ObservedAccount, { refund, submittedAt }: StoredWithRecord, update: RefundUpdate) =>
  submittedAt !== null &&
  refund.observedAt === null &&
  contradictions(refund, update, account).some((member) => member.endsWith('PaymentId'));
