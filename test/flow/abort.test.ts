/** Promise: whoever waits may leave, the work goes on, and no failure is left without a handler. */
import { expect, it } from 'vitest';
import { untilAborted } from '../../src/flow/abort.ts';

it('settles as the work does', async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(untilAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
});

it('rejects with the signal’s reason, before or while the work is under way', async () => {
  const work = Promise.withResolvers<number>();
  const caller = new AbortController();
  const waiting = untilAborted(work.promise, caller.signal);
  caller.abort(new Error('gone home'));
  await expect(waiting).rejects.toThrow('gone home');
  await expect(untilAborted(work.promise, caller.signal)).rejects.toThrow('gone home');
  // What comes of the work afterwards is nobody's: an unhandled rejection would fail this run.
  work.reject(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve));
});

it('does not take back an answer when the signal aborts later', async () => {
  const caller = new AbortController();
  const answer = await untilAborted(Promise.resolve('done'), caller.signal);
  caller.abort();
  expect(answer).toBe('done');
});
