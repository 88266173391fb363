/**
 * An account that remembers what readers were answered reads, and tells, what one does that reads it all
 * anew.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OperatorEvent } from '../../../src/operator/event.ts';
import { createRemembered } from '../../../src/providers/http/remembered.ts';
import { NO_CONDITIONS } from '../../../src/refunds/filter.ts';
import { startShoutuStub, wireRow, type ShoutuStub } from '../../support/shoutu-stub.ts';
import { listOf, openShoutu } from './account.ts';

let stub: ShoutuStub;
beforeAll(async () => {
  stub = await startShoutuStub();
});
afterAll(() => stub.close());

const pageOf = (account: ReturnType<typeof openShoutu>, size: number) =>
  listOf(account).page({ page: 0, size, direction: 'DESC', conditions: NO_CONDITIONS }, AbortSignal.timeout(20_000));

/**
 * What may be wrong or new in a row: words that nobody knows, members that can't be read, other applications.
 */
const bends = [
  {},
  { refundState: '3' },
  { refundState: '9' },
  { payAmount: 'much' },
  { refundAmount: '-' },
  { appId: 'Other' },
];
const change = fc.record({ at: fc.nat(5), to: fc.constantFrom(...bends), size: fc.constantFrom(3, 6) });

test('whatever becomes of the rows, and whatever is told of them', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      const told: { known: OperatorEvent[]; anew: OperatorEvent[] } = { known: [], anew: [] };
      const kinds = (events: readonly OperatorEvent[]) =>
        events.map(({ kind }) => kind).filter((kind) => kind !== 'call-answered');
      const at = { baseUrl: stub.url };
      const known = openShoutu(at, { remembered: createRemembered(), tell: (event) => told.known.push(event) });
      const anew = openShoutu(at, { tell: (event) => told.anew.push(event) });
      const rows: Record<string, unknown>[] = Array.from({ length: 6 }, (_, nth) => wireRow(nth));
      for (const { at: nth, to, size } of changes) {
        rows[nth] = wireRow(nth, to);
        stub.rows = rows;
        // Twice: the second time nothing has changed.
        for (let times = 0; times < 2; times += 1) expect(await pageOf(known, size)).toEqual(await pageOf(anew, size));
        expect(kinds(told.known)).toEqual(kinds(told.anew));
      }
      await Promise.all([known.close(), anew.close()]);
    }),
    { numRuns: 40 },
  );
});

test('a page that comes again is the same, and of one that changed the rows that did not', async () => {
  const account = openShoutu({ baseUrl: stub.url }, { remembered: createRemembered() });
  stub.rows = [0, 1, 2].map((nth) => wireRow(nth));
  const first = await pageOf(account, 3);
  expect(await pageOf(account, 3)).toBe(first);
  stub.rows = [wireRow(0), wireRow(1, { refundState: '3' }), wireRow(2)];
  const second = await pageOf(account, 3);
  expect(second.records.map((record, nth) => record === first.records[nth])).toEqual([true, false, true]);
  await account.close();
});
