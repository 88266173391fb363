/** A token bucket for each name: so many at once, so many per second. What is over is refused. */
import type { Clock } from './clock.ts';

/** Makes buckets that begin full. Names must be few: each is remembered. */
export function createTokenBucket(clock: Clock, { burst, perSecond }: { burst: number; perSecond: number }) {
  const left = new Map<string, { amount: number; at: number }>();

  /** Takes a token; false when the bucket of this name is empty just now. */
  function take(name: string): boolean {
    const at = clock().getTime();
    const last = left.get(name) ?? { amount: burst, at };
    const grown = Math.max(0, at - last.at) * (perSecond / 1_000);
    const amount = Math.min(burst, last.amount + grown);
    left.set(name, { amount: amount >= 1 ? amount - 1 : amount, at });
    return amount >= 1;
  }

  return { take };
}
