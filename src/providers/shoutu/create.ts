/** Submitting a refund to Shoutu's refundOrder, and sorting what comes back by "may money have moved?". */
import { formatMoney, sameMoney, type Money } from '../../refunds/money.ts';
import type { Json } from '../../refunds/refund.ts';
import { ProviderError } from '../errors.ts';
import { asReceived } from '../wire/json.ts';
import type { CreateCommand, CreateOutcome } from '../provider.ts';
import type { StatusOf } from '../wire/status-words.ts';
import { malformedAnswer, readAnswer } from '../wire/members.ts';
import { isUnclear, type ShoutuClient } from './client.ts';
import { fromCreated } from './map.ts';
import type { ShoutuSettings } from './settings.ts';
import type { ShoutuRecords } from './wire.ts';

/** Sends a refund once. Throws nothing but defects of this program. */
export function shoutuCreate(parts: {
  readonly settings: ShoutuSettings;
  readonly client: ShoutuClient;
  readonly records: ShoutuRecords;
  readonly statusOf: StatusOf;
}) {
  const { settings, client, records, statusOf } = parts;
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
    const without = settings.createOmits;
    // Names: public (P), in the order of the page.
    const members = {
      ...(providerPaymentId === null ? { mchOrderNo: merchantPaymentId } : { channelPayOrderNo: providerPaymentId }),
      mchRefundNo: command.merchantRefundId,
      refundMode: chosen?.refundMode ?? 'ENTIRE_REFUND',
      businessId: chosen?.businessId ?? settings.businessId,
      [names.refundAmount]: amountText(amount),
      [names.refundReason]: reason ?? settings.defaultReason,
      [names.notifyUrl]: callbackUrl,
      ...settings.createMembers,
      // Whose refund it is; what the caller gave wins over the account's constant.
      ...(typeof chosen?.sentChannelExtra === 'string' && { channelExtra: chosen.sentChannelExtra }),
      ...(typeof chosen?.sentExtension === 'string' && { extJsonb: chosen.sentExtension }),
      ...leftOut(settings),
    };
    try {
      const sent = {
        ...call,
        name: 'refund',
        path: settings.paths.refund,
        members,
        repeatable: false,
        without,
      } as const;
      return accepted(await client.call(sent, signal), command);
    } catch (error) {
      if (error instanceof ProviderError) return outcomeOf(error, settings);
      throw error;
    }
  };

  /** The outcome of an answer whose code says yes: whatever its data is, the refund may have been made. */
  function accepted(data: Json, command: CreateCommand): CreateOutcome {
    if (typeof data !== 'object' || data === null) return { kind: 'known' };
    const unread = (error: ProviderError): CreateOutcome => ({ kind: 'accepted-unread', error });
    const created = readAnswer(records.created, data, call, ['data']);
    if (created instanceof ProviderError) return unread(created);
    const { mchRefundNo, channelOrderNo, refundState, refundAmount } = created;
    if (mchRefundNo !== null && mchRefundNo !== command.merchantRefundId) {
      return unread(malformedAnswer(call, ['data', 'mchRefundNo'], 'not the refund that was sent'));
    }
    if (refundAmount !== null && !sameMoney(refundAmount, command.amount)) {
      return unread(malformedAnswer(call, ['data', 'refundAmount'], 'not the amount that was sent'));
    }
    if (mchRefundNo === null && channelOrderNo === null && refundState === null) return { kind: 'known' };
    return { kind: 'accepted', observation: fromCreated(created, command, statusOf, asReceived(data)) };
  }
}

/** Members of its own that the account's creates are sent without. */
function leftOut({ createOmits, createMemberNames: names }: ShoutuSettings): Readonly<Record<string, undefined>> {
  const named = { refundMode: 'refundMode', refundReason: names.refundReason, notifyUrl: names.notifyUrl } as const;
  const own = (['refundMode', 'refundReason', 'notifyUrl'] as const).filter((name) => createOmits.includes(name));
  return Object.fromEntries(own.map((name) => [named[name], undefined]));
}

/**
 * Only the provider's own code refuses; an error without one, or one from inside the gateway, leaves it open.
 */
function outcomeOf(error: ProviderError, settings: ShoutuSettings): CreateOutcome {
  if (!error.sent) return { kind: 'not-sent', error };
  const { kind, providerCode: code, providerMessage: words, httpStatus } = error;
  if (code !== null && settings.successCodes.includes(code)) return { kind: 'accepted-unread', error };
  const saysNo = (kind === 'rejected' || kind === 'misconfigured') && code !== null;
  if (!saysNo || isUnclear(settings, code, words)) return { kind: 'unknown', error };
  // Said before anything is done, by whatever HTTP status.
  if (words !== null && settings.busyWords.some((one) => words.includes(one))) {
    return { kind: 'busy', code, message: words };
  }
  // A server that fails may have failed after the refund was made, whatever its body says.
  if (httpStatus !== null && httpStatus >= 500) return { kind: 'unknown', error };
  return { kind: 'refused', code, message: words ?? `Shoutu answered ${code}`, retryable: false };
}

/** Refused by us because the wire can't say it; nothing was sent. */
const refusedHere = (message: string): CreateOutcome => ({ kind: 'refused', code: null, message, retryable: false });
