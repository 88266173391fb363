/** TiPay's header signature: SHA-256 over the inputs of the call, the time and the app key (D). */
import { createHash } from 'node:crypto';

/**
 * The three headers of every call. `paramsJson` is the JSON text of all inputs: the exact body of a POST (P),
 * the compact object of a GET's query parameters (I). `timestamp` is in epoch milliseconds.
 */
export function signedHeaders(
  paramsJson: string,
  timestamp: number,
  { appId, appKey }: { readonly appId: string; readonly appKey: string },
) {
  return {
    'ti-appid': appId,
    'ti-timestamp': String(timestamp),
    'ti-signature': createHash('sha256').update(`${paramsJson}${timestamp}${appKey}`).digest('hex'),
  };
}
