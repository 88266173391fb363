/** Promise: whenever work is wanted, it begins after that: what is wanted while it runs is not lost. */
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gather } from '../../desk/src/api/gather.ts';
import { until } from '../support/until.ts';

const ms = fc.integer({ min: 0, max: 6 });

it('begins after every wish, and never twice at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ wait: ms, lasts: ms }), { minLength: 1, maxLength: 12 }),
      ms,
      async (wishes, gap) => {
        let clock = 0;
        let running = 0;
        let most = 0;
        const begun: number[] = [];
        const gathering = gather(async () => {
          begun.push((clock += 1));
          most = Math.max(most, (running += 1));
          await pause(wishes[begun.length % wishes.length]?.lasts ?? 0);
          running -= 1;
        }, gap);
        let wishedAt = 0;
        for (const { wait } of wishes) {
          await pause(wait);
          wishedAt = clock += 1;
          gathering.want();
        }
        await until(() => running === 0 && (begun.at(-1) ?? 0) > wishedAt);
        expect(most).toBe(1);
        expect(begun.length).toBeLessThanOrEqual(wishes.length);
        gathering.stop();
      },
    ),
    { numRuns: 40 },
  );
});
