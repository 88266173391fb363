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
  const owners = new Map<MerchantRefundId, string>();
  // What fits goes first: it says whose the number is.
  for (const update of updates) {
    const number = update.merchantRefundId;
    const owner = owners.has(number) ? null : ownerBy(account, rows, update);
    if (owner !== null) owners.set(number, owner);
  }
  return updates.map((update): RefundUpdate => {
    const number = update.merchantRefundId;
    const [own] = idsFor(update).slice(1);
    const [row, owner] = [rows.get(number), owners.get(number)];
    if (own === undefined) return update;
    const isOther =
      owner === undefined
        ? row !== undefined && paysAnother(account, row, update)
        : owner !== merchantOf(update.details);
    return isOther || rows.has(own) ? { ...update, merchantRefundId: own } : update;
  });
}

/** The merchant whose refund has the number of an update as its id; null where the update does not tell. */
function ownerBy(account: ObservedAccount, rows: Rows, update: RefundUpdate): string | null {
  const [number, own] = idsFor(update);
  if (number === undefined || own === undefined) return null;
  const row = rows.get(number);
  const known = row === undefined ? null : merchantOf(row.refund.details);
  if (known !== null) return known;
  const fits = row === undefined || contradictions(row.refund, update, account).length === 0;
  return fits && !rows.has(own) ? merchantOf(update.details) : null;
}

/** Whether a row, found under the id of an update, is of another merchant after all. */
export const isOfAnother = ({ refund }: StoredWithRecord, { details }: RefundUpdate): boolean => {
  const [known, told] = [merchantOf(refund.details), merchantOf(details)];
  return known !== null && told !== null && known !== told;
};

/**
 * Of a refund that was begun here and never seen the payment is known: a record of another is another
 * refund's.
 */
const paysAnother = (account: ObservedAccount, { refund, submittedAt }: StoredWithRecord, update: RefundUpdate) =>
  submittedAt !== null &&
  refund.observedAt === null &&
  contradictions(refund, update, account).some((member) => member.endsWith('PaymentId'));
