/**
 * Identifiers, branded so that a payment id can't be passed as a refund id. Always text: several exceed 2^53.
 */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The key of a merchant account in the configuration, e.g. `library`. */
export type AccountKey = Branded<'AccountKey'>;
/** Our id of a refund; unique in its account, so (account, merchantRefundId) is a refund's natural key. */
export type MerchantRefundId = Branded<'MerchantRefundId'>;
/** The provider's id of a refund. */
export type ProviderRefundId = Branded<'ProviderRefundId'>;
/** Our id of the payment that a refund gives back. */
export type MerchantPaymentId = Branded<'MerchantPaymentId'>;
/** The provider's id of that payment. */
export type ProviderPaymentId = Branded<'ProviderPaymentId'>;

/** The ids by which a refund, or the refunds of a payment, are known. */
export const ID_NAMES = ['merchantRefundId', 'providerRefundId', 'merchantPaymentId', 'providerPaymentId'] as const;

/** Marks text that came from the configuration as an account's key. */
export const accountKey = (text: string): AccountKey => text as AccountKey;
/** Marks text parsed at an edge as our refund id. */
export const merchantRefundId = (text: string): MerchantRefundId => text as MerchantRefundId;
/** Marks text parsed at an edge as the provider's refund id. */
export const providerRefundId = (text: string): ProviderRefundId => text as ProviderRefundId;
/** Marks text parsed at an edge as our payment id. */
export const merchantPaymentId = (text: string): MerchantPaymentId => text as MerchantPaymentId;
/** Marks text parsed at an edge as the provider's payment id. */
export const providerPaymentId = (text: string): ProviderPaymentId => text as ProviderPaymentId;

/** White space in Unicode's sense and JavaScript's, and characters of no width such as U+200B. */
const UNSEEN = String.raw`[\s\p{White_Space}\p{Cf}]`;
const UNSEEN_END = new RegExp(`^${UNSEEN}|${UNSEEN}$`, 'u');

/**
 * Whether a text begins or ends with what is not seen. Databases and forms drop it: "PAY1 " is PAY1 for a
 * provider, and another payment for the ledger. Such an id is refused, never trimmed.
 */
export const hasUnseenEnd = (id: string): boolean => UNSEEN_END.test(id);

/** A refund's natural key: what every provider, callback and frontend can name it by. */
export interface RefundRef {
  readonly account: AccountKey;
  readonly merchantRefundId: MerchantRefundId;
}
