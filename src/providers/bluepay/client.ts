/** Calls to BluePay: the query, the create, and what their answers are worth. */
import { z } from 'zod';
import type { Clock } from '../../flow/clock.ts';
import { providerPaymentId } from '../../refunds/ids.ts';
import { formatMoney, parseUnits, sameMoney } from '../../refunds/money.ts';
import {
  mayBeOf,
  answerOf,
  type RecordRead,
  type RefundLookup,
  type ProviderAnswer,
} from '../../refunds/observation.ts';
import type { Json } from '../../refunds/refund.ts';
import { ProviderError } from '../errors.ts';
import { asReceived, compactJson } from '../wire/json.ts';
import type { CreateCommand, CreateOutcome } from '../provider.ts';
import { ifReadable, type PlacedRecord, type ReadRecord, type Rest } from '../wire/records.ts';
import type { StatusOf } from '../wire/status-words.ts';
import type { Transport, TransportRequest } from '../http/transport.ts';
import { failure, type Call } from '../http/failure.ts';
import { malformedAnswer, parseAnswer, readAnswer } from '../wire/members.ts';
import { codeMeaning, createFailure, isBluePayCode, queryFailure, SLOW_DOWN_CODE, SUCCESS_CODE } from './codes.ts';
import { fromCreated, fromRow } from './map.ts';
import type { BluePaySettings } from './settings.ts';
import { envelope } from './signature.ts';
import { bluePayAnswer, type BluePayRecords, type BluePayRow } from './wire.ts';

/** The longest callback address that the wire takes. */
const MAX_CALLBACK_URL = 256;

/** BluePay is queried by its own ids only; our mchRefundOrderId finds nothing (D). */
export type BluePayKey = { readonly originalTransactionId: string } | { readonly refundTransactionId: string };

export function bluePayClient(parts: {
  readonly settings: BluePaySettings;
  readonly exponent: number;
  readonly records: BluePayRecords;
  readonly statusOf: StatusOf;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly readRecord: ReadRecord;
}) {
  const { settings, exponent, records, statusOf, transport, clock, readRecord } = parts;
  const reader = readRecord(records.row, restOf(records));
  const signer = { appId: settings.appId, privateKey: settings.privateKey, hash: settings.signature.hash };

  function timestamp(): bigint {
    const ms = BigInt(clock().getTime());
    return settings.timestampUnit === 'ms' ? ms : ms / 1000n;
  }

  function request(operation: string, path: string, param: string, repeatable: boolean): TransportRequest {
    return {
      operation,
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: envelope(param, signer),
      repeatable,
      checkAnswer: (json) => checkAnswer(json, { account: settings.key, operation }),
      readFailure: (json) => readFailure(json, { account: settings.key, operation }),
    };
  }

  /** All records under a key; none when BluePay knows no such transaction. Throws ProviderError. */
  async function query(key: BluePayKey, signal: AbortSignal): Promise<ProviderAnswer> {
    const call = { account: settings.key, operation: 'query refunds' };
    const { json } = await transport.send(
      () => request(call.operation, settings.paths.query, compactJson({ ...key, timestamp: timestamp() }), true),
      signal,
    );
    const answer = parseAnswer(bluePayAnswer, json, call);
    if (answer.code !== SUCCESS_CODE) return { observations: [], unreadable: [] };
    const rows = rowsOf(answer.data, call);
    const found = answerOf(rows.map((placed) => read(placed, key, call)));
    const isElsewhere =
      found.observations.length === 0 && found.unreadable.some((record) => !mayBeOf(record, idsOf(key)));
    // Nothing of it answers the query: "not there" must not be concluded from it.
    if (isElsewhere) throw malformedAnswer(call, ['data', nameIn(key)], NOT_ASKED);
    return found;
  }

  function read(placed: PlacedRecord, key: BluePayKey, call: Call): RecordRead {
    const one = reader.read(placed, call);
    if ('unreadable' in one) return { kind: 'unreadable', record: one.unreadable };
    const agrees =
      'originalTransactionId' in key
        ? one.value.originalTransactionId === key.originalTransactionId
        : one.value.refundTransactionId === key.refundTransactionId;
    if (agrees) {
      const observation = fromRow(one.value, statusOf, asReceived(placed.json));
      return { kind: 'observed', observation };
    }
    const record = reader.refuse(placed, call, { member: nameIn(key), problem: NOT_ASKED });
    return { kind: 'unreadable', record };
  }

  /** Submits a refund once. Throws nothing but defects of this program. */
  async function create(command: CreateCommand, signal: AbortSignal): Promise<CreateOutcome> {
    const call = { account: settings.key, operation: 'create refund' };
    const { providerPaymentId: payment, callbackUrl, reason, amount } = command;
    if (payment === null) return refusedHere('BluePay refunds a payment by its own id, providerPaymentId');
    if (callbackUrl.length > MAX_CALLBACK_URL) {
      return refusedHere(`the callback address is longer than ${MAX_CALLBACK_URL} characters: shorten PUBLIC_URL`);
    }
    const units = amount.currency === settings.currency ? parseUnits(formatMoney(amount), exponent) : 'other currency';
    if (typeof units === 'string') {
      return refusedHere(
        `BluePay can't be told ${formatMoney(amount)} ${amount.currency}: this account's amounts are ` +
          `${settings.currency} with ${exponent} decimals`,
      );
    }
    const param = () =>
      compactJson({
        mchRefundOrderId: command.merchantRefundId,
        originalTransactionId: payment,
        refundAmount: units,
        refundReason: reason === null || reason === '' ? undefined : reason,
        refundCallbackUrl: callbackUrl,
        timestamp: timestamp(),
      });
    try {
      const { json } = await transport.send(
        () => request(call.operation, settings.paths.create, param(), false),
        signal,
      );
      return accepted(parseAnswer(bluePayAnswer, json, call).data ?? null, command, payment, call);
    } catch (error) {
      if (error instanceof ProviderError) return outcomeOf(error);
      throw error;
    }
  }

  /** The outcome of an answer whose code says yes: whatever its data is, the refund may have been made. */
  function accepted(data: Json, command: CreateCommand, payment: string, call: Call): CreateOutcome {
    if (data === null) return { kind: 'known' };
    const unread = (error: ProviderError): CreateOutcome => ({ kind: 'accepted-unread', error });
    const created = readAnswer(records.created, data, call, ['data']);
    if (created instanceof ProviderError) return unread(created);
    if (created.mchRefundOrderId !== command.merchantRefundId) {
      return unread(malformedAnswer(call, ['data', 'mchRefundOrderId'], 'not the refund that was sent'));
    }
    if (!sameMoney(created.refundAmount, command.amount)) {
      return unread(malformedAnswer(call, ['data', 'refundAmount'], 'not the amount that was sent'));
    }
    return {
      kind: 'accepted',
      observation: fromCreated(created, providerPaymentId(payment), statusOf, asReceived(data)),
    };
  }

  return { query, create };
}

/** Success and "no such transaction" stand; every other code is an error of the call. */
function checkAnswer(json: Json, call: Call): ProviderError | null {
  const answer = readAnswer(bluePayAnswer, json, call);
  if (answer instanceof ProviderError) return answer;
  const { code, message } = answer;
  if (code === SUCCESS_CODE) return null;
  const kind = queryFailure(code);
  if (kind === 'not-found' && call.operation !== 'create refund') return null;
  const what = `BluePay answered ${code}, ${codeMeaning(code)}`;
  return failure(call, kind === 'not-found' ? 'rejected' : kind, true, what, {
    providerCode: code,
    providerMessage: message ?? codeMeaning(code),
    slowDown: code === SLOW_DOWN_CODE,
  });
}

/** An HTTP failure with BluePay's own code in its body is an answer; a good code beside it says nothing. */
function readFailure(json: Json, call: Call): ProviderError | null {
  const answer = readAnswer(bluePayAnswer, json, call);
  if (answer instanceof ProviderError || !isBluePayCode(answer.code)) return null;
  return (
    checkAnswer(json, call) ?? failure(call, 'try-later', true, `BluePay answered ${answer.code} in an HTTP failure`)
  );
}

/** Sorts a failed create by "may money have moved?". */
function outcomeOf(error: ProviderError): CreateOutcome {
  if (!error.sent) return { kind: 'not-sent', error };
  const { providerCode: code, httpStatus } = error;
  if (code === SUCCESS_CODE) return { kind: 'accepted-unread', error };
  // A server that fails may have failed after the refund was made, whatever its body says.
  if (code === null || (httpStatus !== null && httpStatus >= 500)) return { kind: 'unknown', error };
  const message = error.providerMessage ?? codeMeaning(code);
  const kind = createFailure(code);
  switch (kind) {
    case 'refused':
      return { kind, code, message, retryable: false };
    case 'busy':
      return { kind, code, message };
    case 'known':
      return { kind };
    case 'unknown':
      return { kind, error };
  }
}

/** Refused by us because the wire can't say it; nothing was sent. */
const refusedHere = (message: string): CreateOutcome => ({ kind: 'refused', code: null, message, retryable: false });

const nameIn = (key: BluePayKey): keyof BluePayRow =>
  'originalTransactionId' in key ? 'originalTransactionId' : 'refundTransactionId';

/** The ids that every row of an honest answer has. */
const idsOf = (key: BluePayKey): Readonly<Record<keyof RefundLookup, string | null>> => ({
  merchantRefundId: null,
  merchantPaymentId: null,
  providerRefundId: 'refundTransactionId' in key ? key.refundTransactionId : null,
  providerPaymentId: 'originalTransactionId' in key ? key.originalTransactionId : null,
});

const NOT_ASKED = 'not the transaction that was asked for';

/** What can be read of a row that can't be read as a whole. */
function restOf({ row }: BluePayRecords): (json: Json) => Rest {
  const { mchRefundOrderId, refundTransactionId, originalTransactionId, refundCreateTime } = row.shape;
  const rest = z.object({
    mchRefundOrderId: ifReadable(mchRefundOrderId),
    refundTransactionId: ifReadable(refundTransactionId),
    originalTransactionId: ifReadable(originalTransactionId),
    refundCreateTime: ifReadable(refundCreateTime),
  });
  return (json) => {
    const found = rest.safeParse(json).data;
    return {
      merchantRefundId: found?.mchRefundOrderId ?? null,
      providerRefundId: found?.refundTransactionId ?? null,
      merchantPaymentId: null,
      providerPaymentId: found?.originalTransactionId ?? null,
      createdAt: found?.refundCreateTime ?? null,
    };
  };
}

/**
 * `data` is declared an object and printed as an array (D): both are read. Only an array can say that there
 * is no refund, for that is what a lost create is sent again on.
 */
function rowsOf(data: Json | undefined, call: Call): readonly PlacedRecord[] {
  if (typeof data !== 'object' || data === null) throw malformedAnswer(call, ['data'], 'expected an array');
  if (!isList(data)) return [{ json: data, at: ['data'] }];
  return data.map((json, index) => ({ json, at: ['data', String(index)] }));
}

/** Array.isArray, which does not narrow a readonly array by itself. */
const isList = (data: Json): data is readonly Json[] => Array.isArray(data);
