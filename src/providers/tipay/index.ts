/** The TiPay wing: one account's settings in, the account as everybody else sees it out. */
import { merchantPaymentId, merchantRefundId } from '../../refunds/ids.ts';
import type { RefundLookup } from '../../refunds/observation.ts';
import type { ProviderAccount } from '../provider.ts';
import { openWing, type WingParts } from '../wing.ts';
import { tiPayCallbacks } from './callback.ts';
import { tiPayClient } from './client.ts';
import { TIPAY_STATUSES, type TiPayReading } from './map.ts';
import type { TiPaySettings } from './settings.ts';
import { mayRetry } from './codes.ts';
import { tiPayRecord } from './wire.ts';

/** A refund that nobody has. */
const NO_REFUND = { merchantRefundId: merchantRefundId('PROBE0'), merchantPaymentId: merchantPaymentId('PROBE0') };

/** Opens an account. Nothing is sent before the first call. */
export function tiPayAccount(settings: TiPaySettings, deps: WingParts): ProviderAccount {
  const { key, platformPublicKey, merchantNo } = settings;
  const { account, transport, statusOf, units } = openWing(settings, TIPAY_STATUSES, deps);
  const suspended: TiPayReading['suspended'] = (merchantRefundId, word) =>
    deps.tell?.({ kind: 'action-needed', account: key, merchantRefundId, word });
  const reading = { statusOf, suspended, mayRetry: (words: string) => mayRetry(settings, '', words) };
  const record = tiPayRecord(units);
  const client = tiPayClient({ settings, record, reading, transport, clock: deps.clock });

  return {
    ...account,
    provider: 'TIPAY',
    partialRefund: true,
    // Both together: neither finds a refund alone.
    queriedBy: [['merchantRefundId', 'merchantPaymentId']],
    query: ({ merchantRefundId, merchantPaymentId }: RefundLookup) => {
      if (merchantRefundId === null || merchantPaymentId === null) return null;
      return {
        key: `refund:${JSON.stringify([merchantRefundId, merchantPaymentId])}`,
        send: async (signal) => ({
          observations: await client.query({ merchantRefundId, merchantPaymentId }, signal),
          unreadable: [],
        }),
      };
    },
    create: {
      rules: {
        paymentKeys: ['merchantPaymentId'],
        // One refundRequestId is one refund; a failed one is tried again under the same id (P).
        repeatIsHarmless: true,
        onePerPayment: false,
        retryFailed: true,
        noIsCertain: true,
        maxReasonLength: settings.maxReasonLength,
        // No limit is published.
        maxPaymentIdLength: 128,
      },
      send: client.create,
    },
    callbacks: tiPayCallbacks({
      merchantNo,
      platformPublicKey,
      hash: settings.callbackSignature.hash,
      record,
      reading,
    }),
    probe: async (signal) => {
      await client.query(NO_REFUND, signal);
    },
  };
}
