/** Waiting for what will come, without guessing how long it takes. */
import { setTimeout as pause } from 'node:timers/promises';

/** Resolves with the first value of `look` that fits; fails after `withinMs`, showing the last value. */
export async function eventually<T>(look: () => Promise<T>, fits: (seen: T) => boolean, withinMs = 10_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (fits(seen)) return seen;
    if (performance.now() > end) throw new Error(`still ${JSON.stringify(seen)}`);
    await pause(10);
  }
}
