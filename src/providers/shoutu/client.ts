/** Signed calls to Shoutu, and what every answer's `code` means. */
import type { Json } from '../../refunds/refund.ts';
import { formatWallTime } from '../../refunds/wall-time.ts';
import { ProviderError } from '../errors.ts';
import { compactJson, type WritableJson } from '../wire/json.ts';
import { isAnyMatch } from '../wire/answer-match.ts';
import { failure, type Call } from '../http/failure.ts';
import type { Transport, TransportRequest } from '../http/transport.ts';
import { parseAnswer, readAnswer } from '../wire/members.ts';
import type { WingParts } from '../wing.ts';
import type { CreateOmission, ShoutuCallName, ShoutuSettings } from './settings.ts';
import { headerSignature, sign } from './signature/signature.ts';
import { shoutuAnswer } from './wire.ts';

export interface ShoutuCall {
  readonly operation: string;
  readonly name: ShoutuCallName;
  readonly path: string;
  readonly members: Readonly<Record<string, WritableJson | undefined>>;
  readonly repeatable: boolean;
  /** Of a read: its answer decides nothing else, so that the same answer need not be read again. */
  readonly rememberAs?: string;
  /** Common members that are not sent. */
  readonly without?: readonly CreateOmission[];
}

/** The calls of one account. */
export function shoutuClient(settings: ShoutuSettings, transport: Transport, parts: WingParts) {
  const { clock } = parts;
  const { key: account, appId, tenantId } = settings;
  const rule = { secret: settings.secret, nested: settings.signature.nested };

  function reqTime(): string {
    const now = clock();
    switch (settings.reqTimeFormat) {
      case 'epoch-ms':
        return String(now.getTime());
      case 'yyyyMMddHHmmss':
        return formatWallTime(now, settings.timeZone).replaceAll(/\D/g, '');
    }
  }

  /** The order of the members is the sample's (D). */
  function body({ members, without = [] }: ShoutuCall): string {
    const sent = <Value>(name: CreateOmission, value: Value) => (without.includes(name) ? undefined : value);
    const [time, tenant] = [sent('reqTime', reqTime()), sent('tenantId', tenantId)];
    const signature = sent('sign', sign({ reqTime: time, appId, tenantId: tenant, ...members }, rule));
    return compactJson({ reqTime: time, appId, sign: signature, tenantId: tenant, ...members });
  }

  function headers(name: ShoutuCallName, text: string): Readonly<Record<string, string>> {
    const { headerSignature: signed, timeZone } = settings;
    const proof = signed?.calls.includes(name) ? headerSignature(signed, text, { ...parts, timeZone }) : {};
    return { 'content-type': 'application/json', ...settings.headers, ...proof };
  }

  function checkAnswer(json: Json, call: Call): ProviderError | null {
    const answer = readAnswer(shoutuAnswer, json, call);
    if (answer instanceof ProviderError) return answer;
    const { code, msg } = answer;
    if (settings.successCodes.includes(code)) return null;
    const unclear = isUnclear(settings, code, msg);
    const what = unclear ? `the gateway failed, code ${code}` : `the gateway refused, code ${code}`;
    return failure(call, unclear ? 'try-later' : 'rejected', true, what, {
      providerCode: code,
      ...(msg !== null && { providerMessage: msg }),
    });
  }

  /**
   * An HTTP failure with the gateway's own code in its body is an answer. A server in front of it repeats the
   * HTTP status.
   */
  function readFailure(json: Json, httpStatus: number, call: Call): ProviderError | null {
    const answer = readAnswer(shoutuAnswer, json, call);
    if (answer instanceof ProviderError || answer.code === String(httpStatus)) return null;
    return checkAnswer(json, call) ?? failure(call, 'try-later', true, `code ${answer.code} in an HTTP failure`);
  }

  /**
   * Sends members beside the common ones and resolves with `data`, null where there is none. `code` must mean
   * success: else ProviderError, `rejected` for the gateway's own no and `try-later` for a failure inside it.
   */
  async function call(outgoing: ShoutuCall, signal: AbortSignal): Promise<Json> {
    const { operation, name, path, repeatable, rememberAs } = outgoing;
    const whose = { account, operation };
    const request = (): TransportRequest => {
      const text = body(outgoing);
      return {
        operation,
        method: 'POST',
        path,
        headers: headers(name, text),
        body: text,
        repeatable,
        ...(rememberAs !== undefined && { rememberAs }),
        checkAnswer: (json) => checkAnswer(json, whose),
        readFailure: (json, httpStatus) => readFailure(json, httpStatus, whose),
      };
    };
    const { json } = await transport.send(request, signal);
    return parseAnswer(shoutuAnswer, json, whose).data ?? null;
  }

  return { call };
}

export type ShoutuClient = ReturnType<typeof shoutuClient>;

/** Whether a no leaves open what happened: a failure inside the gateway. */
export const isUnclear = ({ unclearCodes }: ShoutuSettings, code: string, words: string | null): boolean =>
  isAnyMatch(unclearCodes, { code, dataCode: null, words: words === null ? [] : [words] });
