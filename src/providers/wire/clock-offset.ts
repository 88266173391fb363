/** How far a provider's clock is from ours: several of them refuse requests whose timestamp is off. */
import { request } from 'undici';
import type { Clock } from '../../flow/clock.ts';

/**
 * Seconds by which the provider's clock is ahead of ours, to the second, by the Date header of any answer of
 * its server; `null` where it sends none. Throws what the connection throws.
 */
export async function clockOffset(baseUrl: string, clock: Clock, signal: AbortSignal): Promise<number | null> {
  const sentAt = clock().getTime();
  const { headers, body } = await request(baseUrl, { method: 'HEAD', signal });
  await body.dump();
  const received = Date.parse(String(headers['date'] ?? ''));
  if (Number.isNaN(received)) return null;
  const middle = (sentAt + clock().getTime()) / 2;
  return Math.round((received - middle) / 1000);
}
