/** So much is done at once and so much per second, for each name; what is over is left out. */
import type { Clock } from '../refunds/clock.ts';

export interface Budget {
  /** Takes one; false when nothing is left just now. */
  readonly take: (name: string) => boolean;
}

/** Makes a budget that begins full. Names must be few: each is remembered. */
export function createBudget(clock: Clock, { burst, perSecond }: { burst: number; perSecond: number }): Budget {
  const left = new Map<string, { amount: number; at: number }>();
  return {
    take: (name) => {
      const at = clock().getTime();
      const last = left.get(name) ?? { amount: burst, at };
      const grown = Math.max(0, at - last.at) * (perSecond / 1_000);
      const amount = Math.min(burst, last.amount + grown);
      left.set(name, { amount: amount >= 1 ? amount - 1 : amount, at });
      return amount >= 1;
    },
  };
}
