/**
 * Every answer that the sender of a callback can get. This union is the acknowledgement policy: there is no
 * other answer.
 */
import type { ServerResponse } from 'node:http';
import type { ProviderCallbacks } from '../providers/provider.ts';

export type CallbackAnswer =
  /**
   * Kept for good: it was applied, or is older than the ledger, or known before, or contradicts the ledger.
   * Then it is flagged and the provider is queried, because sending it again would tell nothing new. The
   * answer is in the provider's own words, so that it stops sending.
   */
  | { readonly kind: 'acknowledged'; readonly acknowledgement: ProviderCallbacks['acknowledgement'] }
  /**
   * It can't be proved that the provider sent it. If it did, it sends it again, and once the key is right it
   * is taken.
   */
  | { readonly kind: 'rejected' }
  /** No account of this name takes callbacks. */
  | { readonly kind: 'unknown-account' }
  | { readonly kind: 'forbidden-address' }
  | { readonly kind: 'wrong-method' }
  | { readonly kind: 'wrong-type' }
  | { readonly kind: 'too-large' }
  /** It could not be kept now: it must come again. */
  | { readonly kind: 'unavailable' }
  /** A mistake of ours: it must come again. */
  | { readonly kind: 'failed' };

interface Wording {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const refusal = (status: number, error: string, headers: Readonly<Record<string, string>> = {}): Wording => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify({ error }),
  headers,
});

/** An answer as HTTP. A refusal says no more than its status: the reason is the operator's. */
function wordingOf(answer: CallbackAnswer): Wording {
  switch (answer.kind) {
    case 'acknowledged':
      return { status: 200, ...answer.acknowledgement };
    case 'rejected':
      return refusal(401, 'this callback is not accepted', { 'www-authenticate': 'Signature' });
    case 'unknown-account':
      // The words of any path that does not exist.
      return refusal(404, 'there is nothing at this path');
    case 'forbidden-address':
      return refusal(403, 'callbacks are not accepted from this address');
    case 'wrong-method':
      return refusal(405, 'callbacks are sent by POST', { allow: 'POST' });
    case 'wrong-type':
      return refusal(415, 'callbacks are JSON or a form, not compressed');
    case 'too-large':
      return refusal(413, 'callbacks have at most 64 KiB');
    case 'unavailable':
      return refusal(503, 'send this callback again later', { 'retry-after': '5' });
    case 'failed':
      return refusal(500, 'send this callback again later');
  }
}

/** Writes an answer whole. The caller ends the response. */
export function writeAnswer(response: ServerResponse, answer: CallbackAnswer): void {
  const { status, contentType, body, headers = {} } = wordingOf(answer);
  response.writeHead(status, {
    ...headers,
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.write(body);
}
