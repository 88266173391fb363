import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBatcher, OverloadedError } from '../../src/flow/batcher.ts';

const never = () => false;

it('does what arrives together as one batch, and what arrives meanwhile as the next', async () => {
  const batches: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const add = createBatcher<number, string>({
    work: async (items) => {
      batches.push(items);
      await new Promise<void>((open) => gates.push(open));
      return items.map(String);
    },
    most: 3,
    waiting: 10,
    isGeneral: never,
  });
  const first = [1, 2].map(add);
  await turn();
  const second = [3, 4, 5, 6].map(add);
  await turn();
  expect(batches).toEqual([[1, 2]]);
  for (let opened = 0; opened < 3; opened += 1) {
    gates.shift()?.();
    await turn();
  }
  expect(await Promise.all([...first, ...second])).toEqual(['1', '2', '3', '4', '5', '6']);
  expect(batches).toEqual([[1, 2], [3, 4, 5], [6]]);
});

it('looks for the one that spoils a batch, and does the others', async () => {
  const tried: (readonly number[])[] = [];
  const add = createBatcher<number, number>({
    work: (items) => {
      tried.push(items);
      return items.includes(2) ? Promise.reject(new Error('two')) : Promise.resolve(items);
    },
    most: 10,
    waiting: 10,
    isGeneral: never,
  });
  const results = await Promise.allSettled([1, 2, 3].map(add));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(tried).toEqual([[1, 2, 3], [1], [2], [3]]);
});

it('fails all of a batch at once where the failure is nobody’s own', async () => {
  let tries = 0;
  const add = createBatcher<number, number>({
    work: () => {
      tries += 1;
      return Promise.reject(new Error('the database is away'));
    },
    most: 10,
    waiting: 10,
    isGeneral: () => true,
  });
  const results = await Promise.allSettled([1, 2, 3].map(add));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(tries).toBe(1);
});

it('turns away what is too much, and takes more when there is room again', async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const add = createBatcher<number, number>({
    work: async (items) => {
      await gate;
      return items;
    },
    most: 1,
    waiting: 2,
    isGeneral: never,
  });
  const running = add(1);
  await turn();
  const waiting = [add(2), add(3)];
  await expect(add(4)).rejects.toBeInstanceOf(OverloadedError);
  open();
  expect(await Promise.all([running, ...waiting])).toEqual([1, 2, 3]);
  expect(await add(5)).toBe(5);
});

it('gives each its own result, never works on more than it may, and on one batch at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 20 }),
      async (scheduler, most, items) => {
        let running = 0;
        let mostRunning = 0;
        const add = createBatcher<number, string>({
          work: async (batch) => {
            mostRunning = Math.max(mostRunning, ++running);
            expect(batch.length).toBeLessThanOrEqual(most);
            await scheduler.schedule(Promise.resolve());
            running -= 1;
            if (batch.includes(9)) throw new Error('nine');
            return batch.map((item) => `r${item}`);
          },
          most,
          waiting: 100,
          isGeneral: never,
        });
        const results = items.map((item) =>
          scheduler.schedule(Promise.resolve()).then(() => add(item).catch(() => 'failed')),
        );
        const all = await scheduler.waitFor(Promise.all(results));
        expect(all).toEqual(items.map((item) => (item === 9 ? 'failed' : `r${item}`)));
        expect(mostRunning).toBe(1);
      },
    ),
    { numRuns: 50 },
  );
});
