/**
 * Promise: while a provider is away a list shows what the ledger knows of it, and no row is repeated or
 * lost when it comes back.
 */
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { createSingleFlight } from '../../../src/flow/single-flight.ts';
import { MOST_SHOWN } from '../../../src/paging/cursor.ts';
import { NO_CONDITIONS, type Direction } from '../../../src/refunds/filter.ts';
import { accountKey } from '../../../src/refunds/ids.ts';
import { PagingError } from '../../../src/paging/window.ts';
import { NEIGHBOURS } from '../../../src/paging/position.ts';
import type { QueriedPage } from '../../../src/services/reading/provider-pages.ts';
import { listRefunds, NoProgressError, type ListRequest } from '../../../src/services/reading/list.ts';
import type { RefundPage } from '../../../src/services/reading/list-answer.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import {
  changes,
  createModelAccount,
  createModelList,
  gaps,
  isDown,
  observationOf,
  type ModelRow,
} from './list-model.ts';

const NOW = new Date('2024-07-31T08:26:46Z');
const COPIED = new Date('2024-07-31T08:20:00Z');
/** How many times the usual number of walks: LIST_WALKS=20 for a long look. */
const LONGER = Number(process.env['LIST_WALKS'] ?? 1);
const SLOW = { timeout: 120_000 * LONGER };
const KEYS = ['library', 'museum'] as const;
/** The accounts with a list share what a cursor can name. */
const MOST_EACH = MOST_SHOWN / KEYS.length;
const seconds = (count: number, apart = 1) => Array.from({ length: count }, () => apart);
const idsOf = ({ edges }: RefundPage): readonly string[] => edges.map(({ refund }) => refund.merchantRefundId);
type Way = 'forward' | 'backward';

/** Two accounts with live lists and one, blue, that only the ledger knows. */
function house(ledger: Ledger, direction: Direction, rows: readonly (readonly number[])[], maxPageSize = 100) {
  const lists = KEYS.map((key, nth) => createModelList(rows[nth] ?? [], direction, key));
  const away = new Set<string>();
  const calls = lists.map(() => 0);
  const live = KEYS.map((key, nth) => {
    const before = () => {
      calls[nth] = (calls[nth] ?? 0) + 1;
      if (away.has(key)) throw isDown(key);
    };
    return createModelAccount(key, lists[nth] ?? null, { maxPageSize, before }).account;
  });
  const accounts = [...live, createModelAccount('blue', null, { maxPageSize }).account];
  const copies = () => Promise.resolve(new Map([[accountKey('library'), COPIED]]));
  const deps = {
    ledger,
    queue: { expedite: () => Promise.resolve() },
    accounts,
    pages: createSingleFlight<QueriedPage>(),
    clock: () => NOW,
    copies,
    deadlineMs: () => 5_000,
  };
  const request = {
    accounts: accounts.map(({ key }) => key),
    conditions: NO_CONDITIONS,
    direction,
    read: 'AUTO',
  } as const;
  return {
    lists,
    away,
    calls,
    know: async (key: string, known: readonly ModelRow[]) => {
      const account = { key: accountKey(key), provider: 'SHOUTU', retryFailed: false } as const;
      await observe(ledger, account, known.map(observationOf), { via: 'POLL', at: NOW });
    },
    page: (way: Way, size: number, from: string | null = null, part: Partial<ListRequest> = {}) => {
      const window = { toward: way === 'forward' ? 'after' : 'before', limit: size, from } as const;
      return listRefunds(deps, { ...request, window, ...part }, new AbortController().signal);
    },
  };
}

const onwards = (page: RefundPage, way: Way) =>
  way === 'forward'
    ? { more: page.hasNextPage, from: page.endCursor }
    : { more: page.hasPreviousPage, from: page.startCursor };

describeOnEachDatabase('a list while providers are away', (database) => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await database.open();
  });

  it('shows what the ledger knows, says so, and goes on with the rest once they are back', async () => {
    const { lists, away, know, page } = house(ledger, 'DESC', [seconds(6)]);
    const [library = []] = lists.map((list) => list.rows());
    await know('library', library.slice(1));
    away.add('library');
    const first = await page('forward', 3);
    expect(first.sources).toMatchObject([
      { account: 'blue', origin: 'LEDGER', complete: true, failure: null },
      { account: 'library', origin: 'LEDGER', complete: false, asOf: COPIED, failure: { code: 'UNAVAILABLE' } },
      { account: 'museum', origin: 'PROVIDER', complete: true, failure: null },
    ]);
    expect(idsOf(first)).toEqual(library.slice(1, 4).map(({ id }) => id));
    away.clear();
    const second = await page('forward', 20, first.endCursor);
    // The one that nobody knew comes late, and those that were shown do not come again.
    expect(idsOf(second)).toEqual([library[0], ...library.slice(4)].map((row) => row?.id));
    expect(second.hasNextPage).toBe(false);
  });

  it('walks to the end of what the ledger knows in the order of the list, and there waits', async () => {
    const { lists, away, know, page } = house(ledger, 'ASC', [seconds(9, 2), seconds(9, 2)]);
    const all = lists.flatMap((list) => list.rows());
    for (const [nth, key] of KEYS.entries()) {
      await know(key, lists[nth]?.rows() ?? []);
      away.add(key);
    }
    const seen: string[] = [];
    let from: string | null = null;
    for (let nth = 0; nth < 4; nth++) {
      const shown = await page('forward', 5, from);
      seen.push(...idsOf(shown));
      expect(shown.hasNextPage).toBe(true);
      from = shown.endCursor;
    }
    await expect(page('forward', 5, from)).rejects.toMatchObject({ name: 'NoProgressError', code: 'UNAVAILABLE' });
    expect(seen).toEqual(all.toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1)).map(({ id }) => id));
    away.clear();
    expect(await page('forward', 5, from)).toMatchObject({ edges: [], hasNextPage: false });
  });

  it('leaves the second in which the place stands to the provider, who alone knows its order', async () => {
    const { lists, away, know, page } = house(ledger, 'DESC', [[1, 1, 1, 0, 0, 0, 0, 0, 0]]);
    const rows = (lists[0]?.rows() ?? []).map(({ id }) => id);
    await know('library', lists[0]?.rows() ?? []);
    const first = await page('forward', 3);
    expect(idsOf(first)).toEqual(rows.slice(0, 3));
    away.add('library');
    const second = await page('forward', 2, first.endCursor);
    expect(idsOf(second)).toEqual(rows.slice(-2));
    away.clear();
    expect(idsOf(await page('forward', 20, second.endCursor))).toEqual(rows.slice(3, -2));
  });

  it('turned round, goes back over the rows that it has shown', async () => {
    const { lists, away, know, page } = house(ledger, 'DESC', [seconds(8)]);
    const rows = (lists[0]?.rows() ?? []).map(({ id }) => id);
    await know('library', lists[0]?.rows() ?? []);
    const first = await page('forward', 2);
    away.add('library');
    const second = await page('forward', 2, first.endCursor);
    const third = await page('forward', 2, second.endCursor);
    expect(idsOf(await page('backward', 2, third.startCursor))).toEqual(rows.slice(2, 4));
    expect(idsOf(await page('backward', 9, third.startCursor))).toEqual(rows.slice(0, 4));
    away.clear();
    expect(idsOf(await page('backward', 9, third.endCursor))).toEqual(rows.slice(0, 5));
  });

  it('shows nothing in the place of a provider that was asked for by name, and of one whose rows nobody knows', async () => {
    const { lists, away, know, page } = house(ledger, 'DESC', [seconds(3), seconds(3)]);
    await know('library', lists[0]?.rows() ?? []);
    for (const key of KEYS) away.add(key);
    const named = await page('forward', 9, null, { read: 'PROVIDER' });
    expect(named).toMatchObject({ edges: [], hasNextPage: true });
    expect(named.sources.map(({ origin }) => origin)).toEqual(['LEDGER', 'PROVIDER', 'PROVIDER']);
    const shown = await page('forward', 9);
    expect(idsOf(shown)).toEqual(lists[0]?.rows().map(({ id }) => id));
    expect(shown.sources.map(({ origin }) => origin)).toEqual(['LEDGER', 'LEDGER', 'PROVIDER']);
  });

  it('names a bounded number of shown rows, and then goes on with the others', SLOW, async () => {
    const { lists, away, know, page } = house(ledger, 'DESC', [seconds(MOST_EACH + 40)]);
    const rows = lists[0]?.rows() ?? [];
    await know('library', rows);
    const old = createModelList(seconds(5), 'DESC', 'B')
      .rows()
      .map((row) => ({ ...row, time: row.time - 1_000 }));
    await know('blue', old);
    away.add('library');
    const seen: string[] = [];
    let from: string | null = null;
    for (let nth = 0; nth < 2; nth++) {
      const shown = await page('forward', 100, from);
      seen.push(...idsOf(shown));
      from = shown.endCursor;
    }
    await expect(page('forward', 100, from)).rejects.toMatchObject({ name: 'NoProgressError', account: 'library' });
    expect(seen).toEqual([...rows.slice(0, MOST_EACH), ...old].map(({ id }) => id));
    away.clear();
    const rest = await page('forward', 100, from);
    expect(idsOf(rest)).toEqual(rows.slice(MOST_EACH).map(({ id }) => id));
    expect(rest.hasNextPage).toBe(false);
  });

  it(
    'shows every row that was there all along exactly once, whoever is away when, whatever is known',
    SLOW,
    async () => {
      const between = fc.record({ change: fc.tuple(changes, changes), away: fc.subarray([...KEYS]) });
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            rows: fc.tuple(gaps(30), gaps(30)),
            direction: fc.constantFrom<Direction>('DESC', 'ASC'),
            way: fc.constantFrom<Way>('forward', 'backward'),
            maxPageSize: fc.constantFrom(7, 100),
            sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
            holes: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 5, maxLength: 5 }),
            steps: fc.array(between, { maxLength: 8, size: 'max' }),
          }),
          async ({ rows, direction, way, maxPageSize, sizes, holes, steps }) => {
            ledger = await database.open();
            const { lists, away, know, page } = house(ledger, direction, rows, maxPageSize);
            for (const [nth, key] of KEYS.entries()) {
              await know(
                key,
                (lists[nth]?.rows() ?? []).filter((_, row) => (holes[row % holes.length] ?? 0) > 1),
              );
            }
            await know('blue', createModelList(seconds(9, 2), direction, 'B').rows());
            const present = () => lists.flatMap((list) => list.rows().map(({ id }) => id));
            let stayed = new Set(present());
            const seen: string[] = [];
            let from: string | null = null;
            for (const list of lists) list.worstLoss();
            for (let nth = 0; ; nth++) {
              if (nth > 2_000) throw new Error('The walk does not end.');
              const step = steps[nth];
              away.clear();
              for (const key of step?.away ?? []) away.add(key);
              let shown: RefundPage;
              try {
                shown = await page(way, sizes[nth % sizes.length] ?? 1, from);
              } catch (error) {
                // Everything beyond the cursor waits for who is away: the same cursor is good once that has
                // ended.
                if (error instanceof NoProgressError && away.size > 0) continue;
                // More rows of one second vanished than a cursor remembers.
                if (error instanceof PagingError && lists.some((list) => list.worstLoss() >= NEIGHBOURS)) return;
                throw error;
              }
              seen.push(...idsOf(shown));
              const next = onwards(shown, way);
              if (!next.more) break;
              ({ from } = next);
              for (const [which, list] of lists.entries()) {
                const change = step?.change[which];
                if (change !== undefined) list.change(change);
              }
              stayed = stayed.intersection(new Set(present()));
            }
            expect(seen.filter((id, index) => seen.indexOf(id) !== index)).toEqual([]);
            expect([...stayed].filter((id) => !seen.includes(id))).toEqual([]);
          },
        ),
        { numRuns: LONGER * (database.kind === 'embedded' ? 40 : 80) },
      );
    },
  );
});
