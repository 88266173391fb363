/** Promise: readers that catch up leave turns to everything else, and take theirs in order. */
import { expect, it } from 'vitest';
import { createTurns } from '../../src/flow/turns.ts';

it('gives so many turns at once, then lets everything else have one, in the order of the asking', async () => {
  const turns = createTurns(10);
  const order: number[] = [];
  let rounds = 0;
  let running = true;
  const elsewhere = (): void => {
    rounds += 1;
    if (running) setImmediate(elsewhere);
  };
  setImmediate(elsewhere);

  const takenIn: number[] = [];
  const readers = Array.from({ length: 45 }, async (_, reader) => {
    for (let event = 0; event < 4; event += 1) {
      await turns.take();
      takenIn[rounds] = (takenIn[rounds] ?? 0) + 1;
      order.push(reader);
    }
  });
  await Promise.all(readers);
  running = false;

  expect(order).toHaveLength(180);
  expect(Math.max(...takenIn.filter((count) => count > 0))).toBeLessThanOrEqual(20);
  expect(rounds).toBeGreaterThanOrEqual(9);
  // No reader is a whole round in front of another.
  const behind = order.map((reader, index) => order.slice(0, index).filter((other) => other === reader).length);
  expect(behind.every((count, index) => count <= Math.floor(index / 45) + 1)).toBe(true);
});

it('is at once while there are turns left', () => {
  const turns = createTurns(2);
  expect([turns.take(), turns.take()]).toEqual([null, null]);
  expect(turns.take()).toBeInstanceOf(Promise);
});
