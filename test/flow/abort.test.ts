/**
 * Promise: a wait ends with the work or with the signal, whichever comes first, and leaves nothing behind.
 */
import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { untilAborted } from '../../src/flow/abort.ts';

const never = new Promise<never>(() => undefined);

it('settles as the work does', async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(Promise.resolve(7), signal)).toBe(7);
  const broken = new Error('broken');
  await expect(untilAborted(Promise.reject(broken), signal)).rejects.toBe(broken);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it("rejects with the signal's reason, also when it was aborted before", async () => {
  const controller = new AbortController();
  const waiting = untilAborted(never, controller.signal);
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(untilAborted(never, controller.signal)).rejects.toBe(reason);
  await expect(untilAborted(Promise.resolve(7), controller.signal)).rejects.toBe(reason);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

it('takes no notice of work that fails after the signal', async () => {
  const work = Promise.withResolvers<never>();
  await expect(untilAborted(work.promise, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  work.reject(new Error('too late'));
});

it('does not take back an answer when the signal aborts later', async () => {
  const caller = new AbortController();
  const answer = await untilAborted(Promise.resolve('done'), caller.signal);
  caller.abort();
  expect(answer).toBe('done');
});
