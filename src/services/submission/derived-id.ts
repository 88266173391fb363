/** The merchantRefundId where the caller gives none. A ledger that forgot the refund makes it again. */
import { createHash } from 'node:crypto';
import { merchantRefundId, type AccountKey, type MerchantRefundId } from '../../refunds/ids.ts';

/** Of the derivation: another one must never make the same id for something else. */
const VERSION = 'k1';
/** 32 is what every provider takes (BluePay, P): 30 characters of 5 bits, 150 bits, behind the version. */
const HASH_LENGTH = 30;

/**
 * The id for a key of an account, always the same: after a loss of the ledger the provider's own rule against
 * a repeated id stops the second refund. Lower case and digits alone, because providers may compare without
 * case.
 */
export function derivedRefundId(account: AccountKey, idempotencyKey: string): MerchantRefundId {
  // JSON keeps the parts apart, whatever is in them.
  const digest = createHash('sha256')
    .update(JSON.stringify([VERSION, account, idempotencyKey]))
    .digest('hex');
  const text = BigInt(`0x${digest}`).toString(32).padStart(HASH_LENGTH, '0');
  return merchantRefundId(`${VERSION}${text.slice(-HASH_LENGTH)}`);
}
