/** Promise: hostile inputs are answered, and nothing of ours is in the answers. `npm run fuzz` sends more. */
import { expect, test } from 'vitest';
import { runFuzz } from '../../bench/fuzz/run.ts';

test('some hundred hostile inputs', { timeout: 120_000 }, async () => {
  const { sent, broken } = await runFuzz({ inputs: 400, seed: 13 });
  expect(sent).toBeGreaterThanOrEqual(400);
  expect(broken).toEqual([]);
});
