/** Submitting a refund to Shoutu's refundOrder, and sorting what comes back by "may money have moved?". */
import { formatMoney, sameMoney, type Money } from '../../refunds/money.ts';
import { ProviderError } from '../errors.ts';
import { asReceived } from '../json.ts';
import type { CreateCommand, CreateOutcome } from '../provider.ts';
import type { StatusOf } from '../status-words.ts';
import { malformedAnswer, parseAnswer } from '../wire-members.ts';
import type { ShoutuClient } from './client.ts';
import { fromCreated } from './map.ts';
import type { ShoutuSettings } from './settings.ts';
import type { ShoutuRecords } from './wire.ts';

interface Parts {
  readonly settings: ShoutuSettings;
  readonly client: ShoutuClient;
  readonly records: ShoutuRecords;
  readonly statusOf: StatusOf;
}

/** Sends a refund once. Throws nothing but defects of this program. */
export function shoutuCreate({ settings, client, records, statusOf }: Parts) {
  const call = { account: settings.key, operation: 'create refund' };

  const amountText = (amount: Money): string =>
    settings.amountUnit === 'fen' ? amount.minorUnits.toString() : formatMoney(amount);

  return async function create(command: CreateCommand, signal: AbortSignal): Promise<CreateOutcome> {
    const { amount, callbackUrl, providerPaymentId, merchantPaymentId, reason, details } = command;
    const chosen = details?.provider === 'SHOUTU' ? details : null;
    if (providerPaymentId === null && merchantPaymentId === null) {
      return refusedHere('Shoutu refunds a payment by providerPaymentId or merchantPaymentId, and neither was given');
    }
    if (amount.currency !== settings.currency) return refusedHere(`this account's currency is ${settings.currency}`);
    const names = settings.createMemberNames;
    // Names and order: the public members (P), then what the record and the common members suggest (I).
    const members = {
      ...(providerPaymentId === null ? { mchOrderNo: merchantPaymentId } : { channelPayOrderNo: providerPaymentId }),
      mchRefundNo: command.merchantRefundId,
      refundMode: chosen?.refundMode ?? 'ENTIRE_REFUND',
      businessId: chosen?.businessId ?? settings.businessId,
      [names.refundAmount]: amountText(amount),
      [names.refundReason]: reason ?? undefined,
      [names.notifyUrl]: callbackUrl,
      ...settings.createMembers,
    };
    try {
      const sent = { operation: call.operation, path: settings.paths.refund, members, repeatable: false };
      const data = await client.call(sent, signal);
      if (typeof data !== 'object' || data === null) return { kind: 'known' };
      const created = parseAnswer(records.created, data, call, ['data']);
      const { mchRefundNo, channelOrderNo, refundState, refundAmount } = created;
      if (mchRefundNo === null && channelOrderNo === null && refundState === null) return { kind: 'known' };
      if (mchRefundNo !== null && mchRefundNo !== command.merchantRefundId) {
        throw malformedAnswer(call, ['data', 'mchRefundNo'], 'not the refund that was sent');
      }
      if (refundAmount !== null && !sameMoney(refundAmount, amount)) {
        throw malformedAnswer(call, ['data', 'refundAmount'], 'not the amount that was sent');
      }
      return { kind: 'accepted', observation: fromCreated(created, command, statusOf, asReceived(data)) };
    } catch (error) {
      if (error instanceof ProviderError) return outcomeOf(error, settings);
      throw error;
    }
  };
}

/** Only the provider's own code refuses; an error without one, or one from inside the gateway, leaves it open. */
function outcomeOf(error: ProviderError, { successCodes, unclearCodes }: ShoutuSettings): CreateOutcome {
  if (!error.sent) return { kind: 'not-sent', error };
  const { kind, providerCode: code } = error;
  const saysNo = (kind === 'rejected' || kind === 'misconfigured') && code !== null;
  if (!saysNo || successCodes.includes(code) || unclearCodes.includes(code)) return { kind: 'unknown', error };
  return { kind: 'refused', code, message: error.providerMessage ?? `Shoutu answered ${code}`, retryable: false };
}

/** Refused by us because the wire can't say it; nothing was sent. */
const refusedHere = (message: string): CreateOutcome => ({ kind: 'refused', code: null, message, retryable: false });
