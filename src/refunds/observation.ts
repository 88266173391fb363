/**
 * One update about a refund, whatever brought it: an answer to a create, a callback, a query, a list
 * page.
 */
import {
  ID_NAMES,
  type MerchantPaymentId,
  type MerchantRefundId,
  type ProviderPaymentId,
  type ProviderRefundId,
} from './ids.ts';
import type { Money } from './money.ts';
import { isNamed } from './numbers.ts';
import type { Provider, RefundDetails, RefundFailure, RefundStatus } from './refund.ts';

/**
 * What a provider said about one refund. `null` means "it did not say", never "there is none": what is known
 * stays known.
 */
export interface RefundObservation {
  readonly provider: Provider;
  readonly merchantRefundId: MerchantRefundId;
  readonly providerRefundId: ProviderRefundId | null;
  readonly merchantPaymentId: MerchantPaymentId | null;
  readonly providerPaymentId: ProviderPaymentId | null;
  readonly paymentAmount: Money | null;
  readonly amount: Money;
  readonly feeRefunded: Money | null;
  readonly status: RefundStatus;
  /** The provider closed the refund and did not say whether money moved: `status` is PROCESSING. */
  readonly undecided?: true;
  /** The provider's own word for the status, as it came. */
  readonly providerStatus: string | null;
  readonly reason: string | null;
  readonly failure: RefundFailure | null;
  readonly createdAt: Date | null;
  readonly completedAt: Date | null;
  readonly details: RefundDetails | null;
  /** The record as it was received (JSON text), for `refunds:raw` and for the operator. Never logged. */
  readonly raw: string;
}

/** The ids by which a refund or the refunds of a payment can be looked for. At least one is set. */
export interface RefundLookup {
  readonly merchantRefundId: MerchantRefundId | null;
  readonly providerRefundId: ProviderRefundId | null;
  readonly merchantPaymentId: MerchantPaymentId | null;
  readonly providerPaymentId: ProviderPaymentId | null;
}

/** A record that can't be read: the ids in it that could be, and the member that could not. */
export interface UnreadableRecord extends RefundLookup {
  readonly createdAt: Date | null;
  /** Its name on the wire; `record` where the whole of it is of no use. Never its value. */
  readonly member: string;
  /** As it was received (JSON text). Never logged. */
  readonly raw: string;
}

/**
 * What an answer reported: the refunds that could be read, and what is left of the records that could not.
 */
export interface ProviderAnswer {
  readonly observations: readonly RefundObservation[];
  readonly unreadable: readonly UnreadableRecord[];
}

/** One record of an answer. FOREIGN: of another account, whose list this one shares. */
export type RecordRead =
  | { readonly kind: 'observed'; readonly observation: RefundObservation }
  | { readonly kind: 'unreadable'; readonly record: UnreadableRecord }
  | { readonly kind: 'foreign'; readonly record: Pick<RefundObservation, 'createdAt' | 'raw'> };

/** Sorts records by whether they could be read; what belongs to others is left out. */
export const answerOf = (records: readonly RecordRead[]): ProviderAnswer => ({
  observations: records.flatMap((read) => (read.kind === 'observed' ? [read.observation] : [])),
  unreadable: records.flatMap((read) => (read.kind === 'unreadable' ? [read.record] : [])),
});

/**
 * Whether a record that can't be read may be of a refund: no id that both know differs. As long as one may
 * be, nobody has said that the refund is not there.
 */
export const mayBeOf = (record: RefundLookup, refund: Readonly<Record<keyof RefundLookup, string | null>>): boolean =>
  ID_NAMES.every((name) => record[name] === null || refund[name] === null || record[name] === refund[name]);

/**
 * Whether an observation answers a lookup: every id that the lookup names and the observation knows must
 * agree, and one must.
 */
export function answersLookup(lookup: RefundLookup, found: Pick<RefundObservation, keyof RefundLookup>): boolean {
  const asked = ID_NAMES.filter((name) => lookup[name] !== null);
  const agrees = (name: (typeof ID_NAMES)[number]): boolean =>
    name === 'merchantRefundId' ? isNamed(found[name], lookup[name] ?? '') : found[name] === lookup[name];
  if (asked.some((name) => found[name] !== null && !agrees(name))) return false;
  const refundIds = asked.filter((name) => name.endsWith('RefundId'));
  const decisive = refundIds.length > 0 ? refundIds : asked;
  return decisive.some(agrees);
}
