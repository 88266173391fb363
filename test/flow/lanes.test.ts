/**
 * Promise: never more at once than there are places; what a lane has for itself is there for it at once,
 * however many of the others wait; each lane keeps the order of its calls.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OverloadedError } from '../../src/flow/batcher.ts';
import { createLanes } from '../../src/flow/lanes.ts';

const NOBODY = new AbortController().signal;
const LANES = ['first', 'second', 'third'] as const;
const open = (places: number, own: readonly number[], waiting = 1_000) =>
  createLanes(places, LANES, { own: (lane) => own[LANES.indexOf(lane)] ?? 0, waiting: () => waiting });

it('never has more inside than places, and lets each lane into its own at once', () => {
  const steps = fc.array(fc.record({ lane: fc.nat(2), leaves: fc.boolean() }), { maxLength: 60 });
  const own = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), own, steps, (places, asked, taken) => {
      const lanes = open(places, asked);
      let unshared = places - 1;
      const kept = asked.map((wanted) => {
        const mine = Math.min(unshared, wanted);
        unshared -= mine;
        return mine;
      });
      const inside: (() => void)[][] = [[], [], []];
      const used = (index: number): number => inside[index]?.length ?? 0;
      for (const { lane, leaves } of taken) {
        if (leaves) {
          inside[lane]?.shift()?.();
          continue;
        }
        const total = used(0) + used(1) + used(2);
        const forOthers = [0, 1, 2]
          .filter((index) => index !== lane)
          .reduce((sum, index) => sum + Math.max(0, (kept[index] ?? 0) - used(index)), 0);
        const leave = lanes.tryEnter(LANES[lane] ?? 'first');
        expect(leave !== null).toBe(total + forOthers < places);
        if (used(lane) < (kept[lane] ?? 0)) expect(leave).not.toBeNull();
        if (leave !== null) inside[lane]?.push(leave);
      }
    }),
  );
});

it('a lane that is crowded takes nothing that another has for itself', async () => {
  const lanes = open(8, [2, 1, 1]);
  const taken = Array.from({ length: 20 }, () => lanes.tryEnter('third')).filter((leave) => leave !== null);
  expect(taken).toHaveLength(5);
  expect(Array.from({ length: 3 }, () => lanes.tryEnter('first')).filter((leave) => leave !== null)).toHaveLength(2);
  expect(lanes.tryEnter('second')).not.toBeNull();
});

it('a free place goes to the lane that comes first, however long the others wait', async () => {
  const lanes = open(1, [0, 0, 0]);
  const leave = await lanes.enter('third', NOBODY);
  const order: string[] = [];
  const waits = (lane: (typeof LANES)[number], name: string) =>
    lanes.enter(lane, NOBODY).then((left) => {
      order.push(name);
      left();
    });
  const all = [waits('third', 'c1'), waits('third', 'c2'), waits('second', 'b'), waits('first', 'a')];
  leave();
  await Promise.all(all);
  expect(order).toEqual(['a', 'b', 'c1', 'c2']);
});

it('refuses at once what would wait behind too many; who leaves makes room', async () => {
  const lanes = open(1, [0, 0, 0], 2);
  await lanes.enter('first', NOBODY);
  const caller = new AbortController();
  const first = lanes.enter('third', caller.signal);
  const second = lanes.enter('third', NOBODY);
  await expect(lanes.enter('third', NOBODY)).rejects.toThrow(OverloadedError);
  caller.abort(new Error('gone home'));
  await expect(first).rejects.toThrow('gone home');
  const third = lanes.enter('third', NOBODY);
  expect(await Promise.race([second, third, Promise.resolve('both wait')])).toBe('both wait');
});
