/**
 * Promise: never more at once than there are places, in the order of the calls. A call that gives up waiting
 * takes no place.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSemaphore } from '../../src/flow/semaphore.ts';

const NOBODY = new AbortController().signal;

it('holds back what is too much, whoever leaves the line meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ scheduler: fc.scheduler(), places: fc.integer({ min: 1, max: 3 }), leavers: fc.array(fc.boolean()) }),
      async ({ scheduler, places, leavers }) => {
        const semaphore = createSemaphore(places);
        const entered: number[] = [];
        let inside = 0;
        const visits = leavers.map(async (leaves, nth) => {
          const caller = new AbortController();
          const entering = semaphore.enter(caller.signal);
          if (leaves) caller.abort(new Error('gone home'));
          const leave = await entering.catch(() => null);
          if (leave === null) return;
          entered.push(nth);
          inside++;
          expect(inside).toBeLessThanOrEqual(places);
          await scheduler.schedule(Promise.resolve());
          inside--;
          leave();
          leave();
        });
        await scheduler.waitFor(Promise.all(visits));
        expect(entered).toEqual(entered.toSorted((a, b) => a - b));
        for (const [nth, leaves] of leavers.entries()) if (!leaves) expect(entered).toContain(nth);
      },
    ),
  );
});

it('gives a place back once', async () => {
  const semaphore = createSemaphore(1);
  const leave = await semaphore.enter(NOBODY);
  leave();
  leave();
  await semaphore.enter(NOBODY);
  const third = await Promise.race([semaphore.enter(NOBODY), Promise.resolve('waits')]);
  expect(third).toBe('waits');
});
