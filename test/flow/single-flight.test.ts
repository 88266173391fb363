import { describe, expect, test } from 'vitest';
import { createSingleFlight } from '../../src/flow/single-flight.ts';

const NEVER = new AbortController().signal;

/** A call that ends when told to, and remembers how it was used. */
function controlled() {
  const ends: PromiseWithResolvers<string>[] = [];
  const signals: AbortSignal[] = [];
  const call = (signal: AbortSignal) => {
    const end = Promise.withResolvers<string>();
    ends.push(end);
    signals.push(signal);
    return end.promise;
  };
  return { call, ends, signals };
}

describe('single flight', () => {
  test('equal keys at the same time share one call, others do not', async () => {
    const flight = createSingleFlight<string>();
    const { call, ends } = controlled();
    const runs = [flight.run('a', call, NEVER), flight.run('a', call, NEVER), flight.run('b', call, NEVER)];
    expect(ends).toHaveLength(2);
    ends[0]?.resolve('one');
    ends[1]?.resolve('two');
    expect(await Promise.all(runs)).toEqual(['one', 'one', 'two']);
  });

  test.each(['resolve', 'reject'] as const)('nothing is remembered after it settled: %s', async (how) => {
    const flight = createSingleFlight<string>();
    const { call, ends } = controlled();
    const first = flight.run('a', call, NEVER).catch((problem: unknown) => problem);
    ends[0]?.[how]('old');
    expect(await first).toBe('old');
    const second = flight.run('a', call, NEVER);
    expect(ends).toHaveLength(2);
    ends[1]?.resolve('new');
    expect(await second).toBe('new');
  });

  test('a call that throws before its promise is a failed call', async () => {
    const broken = () => {
      throw new Error('at once');
    };
    await expect(createSingleFlight<string>().run('a', broken, NEVER)).rejects.toThrow('at once');
  });

  test('one caller that leaves takes nobody along', async () => {
    const flight = createSingleFlight<string>();
    const { call, ends, signals } = controlled();
    const leaver = new AbortController();
    const left = flight.run('a', call, leaver.signal);
    const stays = flight.run('a', call, NEVER);
    leaver.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(signals[0]?.aborted).toBe(false);
    ends[0]?.resolve('fine');
    expect(await stays).toBe('fine');
  });

  test('when all have left the call is aborted, and a new caller gets a new one', async () => {
    const flight = createSingleFlight<string>();
    const { call, ends, signals } = controlled();
    const leavers = [new AbortController(), new AbortController()];
    const left = leavers.map(({ signal }) => flight.run('a', call, signal));
    for (const leaver of leavers) leaver.abort(new Error('gone'));
    const results = await Promise.allSettled(left);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(signals[0]?.aborted).toBe(true);

    const fresh = flight.run('a', call, NEVER);
    expect(ends).toHaveLength(2);
    // The old call's end must not disturb the new flight.
    ends[0]?.reject(new Error('aborted'));
    await new Promise((handled) => setImmediate(handled));
    const joined = flight.run('a', call, NEVER);
    expect(ends).toHaveLength(2);
    ends[1]?.resolve('fresh');
    expect(await Promise.all([fresh, joined])).toEqual(['fresh', 'fresh']);
  });

  test('a call that lingers goes on when all have left, is joined, and ends with the server', async () => {
    const server = new AbortController();
    const flight = createSingleFlight<string>(server.signal);
    const { call, ends, signals } = controlled();
    const leaver = new AbortController();
    const left = flight.run('a', call, leaver.signal);
    leaver.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(signals[0]?.aborted).toBe(false);
    const joined = flight.run('a', call, NEVER);
    ends[0]?.resolve('late');
    expect(await joined).toBe('late');

    const last = flight.run('a', call, NEVER);
    expect(ends).toHaveLength(2);
    server.abort(new Error('the server stops'));
    expect(signals[1]?.aborted).toBe(true);
    ends[1]?.reject(new Error('aborted'));
    await expect(last).rejects.toThrow('aborted');
  });

  test('a caller that has left already starts nothing', async () => {
    const { call, ends } = controlled();
    await expect(createSingleFlight<string>().run('a', call, AbortSignal.abort())).rejects.toThrow('aborted');
    expect(ends).toHaveLength(0);
  });
});
