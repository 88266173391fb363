/** Relay's global ids: opaque to a frontend, stable for ever, made of a type and a natural key. */
import { accountKey, merchantRefundId, type AccountKey, type RefundRef } from '../../refunds/ids.ts';

const encode = (type: 'Refund' | 'MerchantAccount' | 'RefundEvent' | 'Payment' | 'Callback', key: string): string =>
  Buffer.from(`${type}:${key}`, 'utf8').toString('base64url');

export const refundGlobalId = ({ account, merchantRefundId: id }: RefundRef): string =>
  encode('Refund', `${account}:${id}`);
export const accountGlobalId = (key: AccountKey): string => encode('MerchantAccount', key);
export const eventGlobalId = (number: bigint): string => encode('RefundEvent', number.toString());

export const callbackGlobalId = (id: string): string => encode('Callback', id);

/** A payment is named by its row in the ledger; one without a row by its refund. */
export const paymentGlobalId = (
  account: AccountKey,
  name: { readonly id: string } | Pick<RefundRef, 'merchantRefundId'>,
) => encode('Payment', `${account}:${'id' in name ? name.id : `of:${name.merchantRefundId}`}`);

const SHAPE = /^(Refund|MerchantAccount|RefundEvent|Payment|Callback):(.+)$/s;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const PAYMENT = /^([^:]+):(?:of:(.+)|([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}))$/s;

/** What an id names; null when it is none of ours. */
export function readGlobalId(
  id: string,
):
  | { readonly type: 'Refund'; readonly ref: RefundRef }
  | { readonly type: 'MerchantAccount'; readonly key: AccountKey }
  | { readonly type: 'RefundEvent'; readonly number: bigint }
  | { readonly type: 'Payment'; readonly account: AccountKey; readonly id: string }
  | { readonly type: 'Callback'; readonly id: string }
  | { readonly type: 'PaymentOfRefund'; readonly ref: RefundRef }
  | null {
  if (id.length > 400) return null;
  const text = Buffer.from(id, 'base64url').toString('utf8');
  // Decoding skips what it does not know: else many texts would be the id of one thing.
  if (Buffer.from(text, 'utf8').toString('base64url') !== id) return null;
  const [, type, key] = SHAPE.exec(text) ?? [];
  if (key === undefined) return null;
  switch (type) {
    case 'Refund': {
      const [, account, refund] = /^([^:]+):(.+)$/s.exec(key) ?? [];
      if (account === undefined || refund === undefined) return null;
      return { type, ref: { account: accountKey(account), merchantRefundId: merchantRefundId(refund) } };
    }
    case 'MerchantAccount':
      return { type, key: accountKey(key) };
    case 'RefundEvent':
      return /^\d{1,18}$/.test(key) ? { type, number: BigInt(key) } : null;
    case 'Callback':
      return UUID.test(key) ? { type, id: key } : null;
    case 'Payment': {
      const [, account, refund, row] = PAYMENT.exec(key) ?? [];
      if (account === undefined) return null;
      if (row !== undefined) return { type, account: accountKey(account), id: row };
      const ref = { account: accountKey(account), merchantRefundId: merchantRefundId(refund ?? '') };
      return { type: 'PaymentOfRefund', ref };
    }
    case undefined:
    default:
      return null;
  }
}
