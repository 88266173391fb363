/** Promise: a stop waits for what runs, and tells it to end when it has waited long enough. */
import { expect, it } from 'vitest';
import { createInFlight } from '../../src/flow/in-flight.ts';

it('gives the result of what it runs, and its failure', async () => {
  const inFlight = createInFlight();
  expect(await inFlight.run(() => Promise.resolve(7))).toBe(7);
  await expect(inFlight.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  await inFlight.finish(0);
});

it('waits for what runs, also for what that begins', async () => {
  const inFlight = createInFlight();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const done: string[] = [];
  void inFlight.run(async () => {
    await first.promise;
    void inFlight.run(async () => {
      await second.promise;
      done.push('second');
    });
    done.push('first');
  });
  const finished = inFlight.finish(60_000).then(() => done.push('finished'));
  first.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toEqual(['first']);
  second.resolve();
  await finished;
  expect(done).toEqual(['first', 'second', 'finished']);
  expect(inFlight.signal.aborted).toBe(false);
});

it('aborts what does not end in time', async () => {
  const inFlight = createInFlight();
  const ended = inFlight.run(
    () => new Promise((resolve) => inFlight.signal.addEventListener('abort', () => resolve('aborted'))),
  );
  await inFlight.finish(0);
  expect(await ended).toBe('aborted');
});
