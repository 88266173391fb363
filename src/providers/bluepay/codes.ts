/**
 * What BluePay's answer codes mean: a table, sorted by what can be done and by whether money may have moved.
 */
import type { ProviderErrorKind } from '../errors.ts';

/** Every success, of calls and of callbacks (D). */
export const SUCCESS_CODE = '10000';

/** The classes of bluepay.md, "Codes" (P). */
type CodeClass =
  | 'retry later'
  | 'misconfigured'
  | 'bad request'
  | 'no such transaction'
  | 'balance'
  | 'already known'
  | 'busy'
  | 'refused for good';

interface Code {
  readonly class: CodeClass;
  /** In our words, for answers that come without a message. */
  readonly meaning: string;
}

const CODES: ReadonlyMap<string, Code> = new Map([
  ['21000', { class: 'retry later', meaning: 'server error' }],
  ['21011', { class: 'retry later', meaning: 'network error' }],
  ['21020', { class: 'retry later', meaning: 'too many requests' }],
  ['21001', { class: 'misconfigured', meaning: 'the signature is wrong' }],
  ['21003', { class: 'misconfigured', meaning: 'the appId is wrong' }],
  ['21004', { class: 'misconfigured', meaning: 'the merchant is wrong' }],
  ['21005', { class: 'misconfigured', meaning: 'the channel is wrong' }],
  ['21008', { class: 'misconfigured', meaning: 'the timestamp is wrong' }],
  ['21009', { class: 'misconfigured', meaning: 'the timestamp is out of range' }],
  ['21016', { class: 'misconfigured', meaning: 'this address is not allowed' }],
  ['21002', { class: 'bad request', meaning: 'a parameter is wrong' }],
  ['21010', { class: 'bad request', meaning: 'over the limit' }],
  ['21021', { class: 'bad request', meaning: 'the amount is wrong' }],
  ['21006', { class: 'no such transaction', meaning: 'no such transaction' }],
  ['21014', { class: 'balance', meaning: 'the balance does not suffice' }],
  ['21015', { class: 'already known', meaning: 'already known' }],
  ['21407', { class: 'already known', meaning: 'mchRefundOrderId was used before' }],
  ['21401', { class: 'busy', meaning: 'a refund is being processed' }],
  ['21409', { class: 'busy', meaning: 'the payment already has a pending refund' }],
  ['21402', { class: 'refused for good', meaning: 'refunds are not allowed' }],
  ['21403', { class: 'refused for good', meaning: 'the payment is older than 60 days' }],
  ['21404', { class: 'refused for good', meaning: 'the channel has no full refund' }],
  ['21405', { class: 'refused for good', meaning: 'the channel has no partial refund' }],
  ['21406', { class: 'refused for good', meaning: 'the amount is invalid' }],
  ['21408', { class: 'refused for good', meaning: 'the payment is not completed' }],
] as const);

/** "Too many requests" (P). */
export const SLOW_DOWN_CODE = '21020';

/** Codes are five digits (P). Another one stands in a body that a server in front of BluePay has written. */
export const isBluePayCode = (code: string): boolean => /^\d{5}$/.test(code);

/** The meaning of a code in our words. */
export const codeMeaning = (code: string): string => CODES.get(code)?.meaning ?? 'a code that is not documented';

/** What a code other than success means for a query. */
export function queryFailure(code: string): ProviderErrorKind | 'not-found' {
  const known = CODES.get(code)?.class;
  switch (known) {
    case 'no such transaction':
      return 'not-found';
    case 'retry later':
      return 'try-later';
    case 'misconfigured':
      return 'misconfigured';
    case undefined:
    case 'bad request':
    case 'balance':
    case 'already known':
    case 'busy':
    case 'refused for good':
      return 'rejected';
  }
}

/**
 * What a code other than success means for a create. Only a documented no is a no: after "server error",
 * "network" or a code that nobody explained the refund may exist, so the outcome is unknown and is settled by
 * asking.
 */
export function createFailure(code: string): 'refused' | 'known' | 'busy' | 'unknown' {
  const known = CODES.get(code)?.class;
  switch (known) {
    case undefined:
    case 'retry later':
      return 'unknown';
    case 'already known':
      return 'known';
    case 'busy':
      return 'busy';
    case 'misconfigured':
    case 'bad request':
    case 'no such transaction':
    case 'balance':
    case 'refused for good':
      return 'refused';
  }
}
