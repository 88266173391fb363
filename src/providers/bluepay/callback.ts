/** BluePay's callbacks: `{ param, sign }`, where the platform's key signs the text in `param` (P). */
import type { KeyObject } from 'node:crypto';
import { bodyWithout, jsonIn, mediaType, rejected, utf8Text } from '../wire/callback-body.ts';
import type { CallbackDoubt, CallbackReading, CallbackRequest, ProviderCallbacks } from '../provider.ts';
import { verifyText, type RsaHash } from '../wire/rsa.ts';
import type { StatusOf } from '../wire/status-words.ts';
import { firstIssue } from '../wire/members.ts';
import { fromNotice } from './map.ts';
import { bluePayNotice, type BluePayRecords } from './wire.ts';

/**
 * The platform signs the notices of all its merchants with one key, and a notice does not say whose it is
 * (P).
 */
const NO_MERCHANT: CallbackDoubt = {
  about: 'unknown',
  reason: 'names no merchant, and the refund is not known here: the provider is asked',
};

/** Members of a callback that prove who sent it. */
const PROOF: ReadonlySet<string> = new Set(['sign']);

/**
 * Reads callbacks of one account. The text that was signed is the text that is parsed: `param`, as it came.
 */
export function bluePayCallbacks(parts: {
  readonly platformPublicKey: KeyObject;
  readonly hash: RsaHash;
  readonly records: BluePayRecords;
  readonly statusOf: StatusOf;
}): ProviderCallbacks {
  const { platformPublicKey, hash, records, statusOf } = parts;
  function read({ contentType, body }: CallbackRequest): CallbackReading {
    if (mediaType(contentType) !== 'application/json') return rejected('the content type is not application/json');
    const outer = jsonIn(utf8Text(body));
    if (outer === undefined) return rejected('the body is not JSON');
    const signed = bluePayNotice.safeParse(outer);
    if (!signed.success) return rejected(firstIssue(signed.error));
    const { param, sign } = signed.data;
    if (!verifyText(param, sign, platformPublicKey, hash)) return rejected('the signature does not match');
    const inner = jsonIn(param);
    if (inner === undefined) return rejected('param is not JSON');
    const notice = records.notice.safeParse(inner);
    if (!notice.success) return rejected(firstIssue(notice.error, ['param']));
    const observation = fromNotice(notice.data, statusOf, param);
    return { kind: 'observation', observation, signed: param, doubt: NO_MERCHANT };
  }

  return {
    read,
    shown: (request) => bodyWithout(PROOF, request),
    acknowledgement: { contentType: 'application/json', body: '{"code":10000,"message":"Success"}' },
  };
}
