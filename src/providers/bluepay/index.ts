/** The BluePay wing: one account's settings in, the account as everybody else sees it out. */
import { currencyExponent } from '../../refunds/money.ts';
import type { RefundLookup } from '../../refunds/observation.ts';
import type { ProviderAccount, ProviderQuery } from '../provider.ts';
import { openWing, type WingParts } from '../wing.ts';
import { bluePayCallbacks } from './callback.ts';
import { bluePayClient, type BluePayKey } from './client.ts';
import { BLUEPAY_STATUSES } from './map.ts';
import type { BluePaySettings } from './settings.ts';
import { bluePayRecords } from './wire.ts';

/** A transaction that nobody has: real ids are a prefix and digits, or 19 digits. */
const NO_TRANSACTION = 'PROBE0';

/**
 * Longest originalTransactionId and refundTransactionId (D): a longer one names nothing, and querying by it
 * is an error.
 */
const MAX_ID_LENGTH = 32;

const isTheirs = <Id extends string>(id: Id | null): id is Id => id !== null && id.length <= MAX_ID_LENGTH;

/** Decimals of the wire's amounts: whole units for Indonesia (P), else the currency's minor unit (P). */
const wireExponent = (currency: string): number => (currency === 'IDR' ? 0 : currencyExponent(currency));

/** Opens an account. Nothing is sent before the first call. */
export function bluePayAccount(settings: BluePaySettings, deps: WingParts): ProviderAccount {
  const { currency } = settings;
  const { account, transport, statusOf, units, readRecord } = openWing(settings, BLUEPAY_STATUSES, deps);
  const exponent = settings.minorUnitExponent ?? wireExponent(currency);
  const records = bluePayRecords({ ...units, minorUnitExponent: exponent });
  const client = bluePayClient({ settings, exponent, records, statusOf, transport, clock: deps.clock, readRecord });
  const callbacks = bluePayCallbacks({
    platformPublicKey: settings.platformPublicKey,
    hash: settings.signature.hash,
    records,
    statusOf,
  });

  const queryOf = (key: string, by: BluePayKey): ProviderQuery => ({
    key,
    send: (signal) => client.query(by, signal),
  });

  return {
    ...account,
    provider: 'BLUEPAY',
    partialRefund: true,
    queriedBy: [['providerRefundId'], ['providerPaymentId']],
    // By payment where that is known, so that many refunds of one payment are one call.
    query: ({ providerPaymentId, providerRefundId }: RefundLookup) => {
      if (isTheirs(providerPaymentId)) {
        return queryOf(`payment:${providerPaymentId}`, { originalTransactionId: providerPaymentId });
      }
      if (isTheirs(providerRefundId))
        return queryOf(`refund:${providerRefundId}`, { refundTransactionId: providerRefundId });
      return null;
    },
    create: {
      rules: {
        paymentKeys: ['providerPaymentId'],
        // A second create under the same mchRefundOrderId is refused with 21407 (P).
        repeatIsHarmless: true,
        onePerPayment: true,
        retryFailed: false,
        noIsCertain: true,
        maxReasonLength: 200,
        maxPaymentIdLength: MAX_ID_LENGTH,
      },
      send: client.create,
    },
    callbacks,
    probe: async (signal) => {
      await client.query({ originalTransactionId: NO_TRANSACTION }, signal);
    },
  };
}
