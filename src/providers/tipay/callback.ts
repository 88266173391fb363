/** TiPay's callbacks: `response` and `sign`, where the platform's key signs the text in `response` (P). */
import type { KeyObject } from 'node:crypto';
import type { Json } from '../../refunds/refund.ts';
import { bodyWithout, jsonIn, mediaType, rejected, utf8Text } from '../wire/callback-body.ts';
import type { CallbackReading, CallbackRequest, ProviderCallbacks } from '../provider.ts';
import { verifyText, type RsaHash } from '../wire/rsa.ts';
import { firstIssue } from '../wire/members.ts';
import { fromRecord, type TiPayReading } from './map.ts';
import { tiPayNotice, type tiPayRecord } from './wire.ts';

/** Members of a callback that prove who sent it. */
const PROOF: ReadonlySet<string> = new Set(['sign']);

/**
 * Reads callbacks of one account. The text that was signed is the text that is parsed: `response`, as it
 * came.
 */
export function tiPayCallbacks(parts: {
  readonly merchantNo: string;
  readonly platformPublicKey: KeyObject;
  readonly hash: RsaHash;
  readonly record: ReturnType<typeof tiPayRecord>;
  readonly reading: TiPayReading;
}): ProviderCallbacks {
  const { merchantNo, platformPublicKey, hash, record, reading } = parts;
  function read({ contentType, body }: CallbackRequest): CallbackReading {
    const parameters = parametersOf(mediaType(contentType), utf8Text(body));
    if (parameters === null) return rejected('the body is neither a form nor JSON, as its content type says');
    const signed = tiPayNotice.safeParse(parameters);
    if (!signed.success) return rejected(firstIssue(signed.error));
    const { response, sign } = signed.data;
    if (!verifyText(response, sign, platformPublicKey, hash)) return rejected('the signature does not match');
    const inner = jsonIn(response);
    if (inner === undefined) return rejected('response is not JSON');
    const refund = record.safeParse(inner);
    if (!refund.success) return rejected(firstIssue(refund.error, ['response']));
    if (refund.data.merchantNo !== merchantNo) return rejected('response.merchantNo: not the merchant of this account');
    const observation = fromRecord(refund.data, reading, response);
    return { kind: 'observation', observation, signed: response, doubt: null };
  }

  return {
    read,
    shown: (request) => bodyWithout(PROOF, request),
    acknowledgement: { contentType: 'text/plain', body: 'SUCCESS' },
  };
}

/** The parameters as a form (I) or as JSON. */
function parametersOf(type: string, text: string | undefined): Json {
  switch (type) {
    case 'application/json':
      return jsonIn(text) ?? null;
    case 'application/x-www-form-urlencoded': {
      const form = new URLSearchParams(text);
      // A sender that forgets to escape Base64's plus turns it into a space.
      return { response: form.get('response'), sign: form.get('sign')?.replaceAll(' ', '+') ?? null };
    }
    default:
      return null;
  }
}
