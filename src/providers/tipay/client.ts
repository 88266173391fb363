/** Calls to TiPay: the query, the create, and what their answers are worth. */
import type { Clock } from '../../flow/clock.ts';
import type { MerchantPaymentId, MerchantRefundId } from '../../refunds/ids.ts';
import { formatMoney, sameMoney, type Money } from '../../refunds/money.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import type { Json } from '../../refunds/refund.ts';
import { ProviderError } from '../errors.ts';
import { asReceived, compactJson, sortedJson, type WritableJson } from '../wire/json.ts';
import type { CreateCommand, CreateOutcome } from '../provider.ts';
import type { Transport, TransportRequest } from '../http/transport.ts';
import type { Call } from '../http/failure.ts';
import { malformedAnswer, parseAnswer } from '../wire/members.ts';
import { mayRetry, OUTER_SUCCESS, readFailure, verdictOf } from './codes.ts';
import { fromRecord, type TiPayReading } from './map.ts';
import type { TiPaySettings } from './settings.ts';
import { signedHeaders } from './signature.ts';
import type { tiPayRecord } from './wire.ts';

/** The ids that an answer must have: those of the query. */
type RefundKeys = Readonly<Record<'merchantNo' | 'orderId' | 'refundRequestId', string>>;

export function tiPayClient(parts: {
  readonly settings: TiPaySettings;
  readonly record: ReturnType<typeof tiPayRecord>;
  readonly reading: TiPayReading;
  readonly transport: Transport;
  readonly clock: Clock;
}) {
  const { settings, record, reading, transport, clock } = parts;
  const account = settings.key;
  const paramsJson = (inputs: Readonly<Record<string, WritableJson | undefined>>): string =>
    settings.signature.sortedKeys ? sortedJson(inputs) : compactJson(inputs);

  /** A GET carries its inputs as query parameters, in the order in which their JSON was signed. */
  function queryRequest(call: Call, inputs: Readonly<Record<string, string>>): TransportRequest {
    const names = settings.signature.sortedKeys ? Object.keys(inputs).toSorted() : Object.keys(inputs);
    const parameters = names.map((name) => `${name}=${encodeURIComponent(inputs[name] ?? '')}`);
    return {
      operation: call.operation,
      method: 'GET',
      path: `${settings.paths.query}?${parameters.join('&')}`,
      headers: signedHeaders(paramsJson(inputs), clock().getTime(), settings),
      repeatable: true,
      checkAnswer: (json) => {
        const verdict = verdictOf(json, settings, call);
        // What was accepted and can't be read is an answer, too; `query` throws it.
        return 'error' in verdict && verdict.kind !== 'unread' ? verdict.error : null;
      },
      readFailure: (json) => readFailure(json, settings, call),
    };
  }

  /** The refund under a key, or none. Throws ProviderError. */
  async function query(
    key: { readonly merchantRefundId: MerchantRefundId; readonly merchantPaymentId: MerchantPaymentId },
    signal: AbortSignal,
  ): Promise<readonly RefundObservation[]> {
    const call = { account, operation: 'query refund' };
    const keys = {
      merchantNo: settings.merchantNo,
      refundRequestId: key.merchantRefundId,
      orderId: key.merchantPaymentId,
    };
    const { json } = await transport.send(() => queryRequest(call, keys), signal);
    const verdict = verdictOf(json, settings, call);
    switch (verdict.kind) {
      case 'not-found':
        return [];
      case 'refused':
      case 'inner-no':
      case 'unread':
      case 'error':
        throw verdict.error;
      case 'empty':
        if (verdict.data === null && settings.emptyMeansNotFound) return [];
        throw malformedAnswer(call, ['data'], 'expected the refund');
      case 'data':
        return [observed(verdict.data, keys, call)];
    }
  }

  function createRequest(call: Call, body: string): TransportRequest {
    return {
      operation: call.operation,
      method: 'POST',
      path: settings.paths.create,
      headers: { 'content-type': 'application/json', ...signedHeaders(body, clock().getTime(), settings) },
      body,
      repeatable: false,
      checkAnswer: (json) => {
        const verdict = verdictOf(json, settings, call);
        // A no is an answer, not an error of the call; so is a yes, whatever stands beside it.
        return verdict.kind === 'error' ? verdict.error : null;
      },
      readFailure: (json) => readFailure(json, settings, call),
    };
  }

  /** Submits a refund once. Throws nothing but defects of this program. */
  async function create(command: CreateCommand, signal: AbortSignal): Promise<CreateOutcome> {
    const call = { account, operation: 'create refund' };
    const { merchantPaymentId: orderId, amount, reason } = command;
    if (orderId === null) return refusedHere('TiPay refunds a payment by our id of it, merchantPaymentId');
    if (amount.currency !== settings.currency) return refusedHere(`this account's currency is ${settings.currency}`);
    const keys = { merchantNo: settings.merchantNo, orderId, refundRequestId: command.merchantRefundId };
    const body = paramsJson({
      ...keys,
      refundAmount: formatMoney(amount),
      description: reason === null || reason === '' ? undefined : reason,
      notifyUrl: command.callbackUrl,
    });
    try {
      const { json } = await transport.send(() => createRequest(call, body), signal);
      const verdict = verdictOf(json, settings, call);
      switch (verdict.kind) {
        case 'not-found':
        case 'refused':
        case 'inner-no': {
          const { code, message } = verdict;
          const refused = { kind: 'refused', code, message, retryable: mayRetry(settings, code, message) } as const;
          return verdict.kind === 'inner-no' ? { ...refused, isDoubted: true } : refused;
        }
        case 'unread':
          return { kind: 'accepted-unread', error: verdict.error };
        case 'error':
          return { kind: 'unknown', error: verdict.error };
        case 'empty':
          // Accepted by its code: never sent again, and queried at once.
          return { kind: 'known' };
        case 'data':
          return accepted(verdict.data, keys, amount, call);
      }
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (error.providerCode === OUTER_SUCCESS) return { kind: 'accepted-unread', error };
      return error.sent ? { kind: 'unknown', error } : { kind: 'not-sent', error };
    }
  }

  /**
   * The outcome of an answer whose codes say yes: whatever else its data is, the refund may have been made.
   */
  function accepted(data: Json, keys: RefundKeys, amount: Money, call: Call): CreateOutcome {
    try {
      const observation = observed(data, keys, call);
      if (sameMoney(observation.amount, amount)) return { kind: 'accepted', observation };
      const error = malformedAnswer(call, ['data', 'refundAmount'], 'not the amount that was sent');
      return { kind: 'accepted-unread', error };
    } catch (error) {
      if (error instanceof ProviderError) return { kind: 'accepted-unread', error };
      throw error;
    }
  }

  /** Reads `data` and holds it against what was asked. */
  function observed(data: Json, keys: RefundKeys, call: Call): RefundObservation {
    const read = parseAnswer(record, data, call, ['data']);
    for (const name of ['merchantNo', 'orderId', 'refundRequestId'] as const) {
      if (read[name] !== keys[name]) throw malformedAnswer(call, ['data', name], 'not the refund that was asked for');
    }
    return fromRecord(read, reading, asReceived(data));
  }

  return { query, create };
}

/** Refused by us because the wire can't say it; nothing was sent. */
const refusedHere = (message: string): CreateOutcome => ({ kind: 'refused', code: null, message, retryable: false });
