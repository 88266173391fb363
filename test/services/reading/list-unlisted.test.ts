/**
 * Promise: refunds that only the ledger has stand among the rows of the provider's list, each once, also when
 * the provider lists one later, or is away meanwhile.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSingleFlight } from '../../../src/flow/single-flight.ts';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { NEIGHBOURS } from '../../../src/paging/position.ts';
import { PagingError } from '../../../src/paging/window.ts';
import { NO_CONDITIONS, type Direction } from '../../../src/refunds/filter.ts';
import { accountKey } from '../../../src/refunds/ids.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import type { RefundPage } from '../../../src/services/reading/list-answer.ts';
import { listRefunds, NoProgressError } from '../../../src/services/reading/list.ts';
import type { QueriedPage } from '../../../src/services/reading/provider-pages.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import {
  changes,
  createModelAccount,
  createModelList,
  gaps,
  isDown,
  observationOf,
  type Manners,
  type ModelList,
  type ModelRow,
} from './list-model.ts';

const NOW = new Date('2024-07-31T08:26:46Z');
/** How many times the usual number of walks: LIST_WALKS=20 for a long look. */
const LONGER = Number(process.env['LIST_WALKS'] ?? 1);
const SLOW = { timeout: 120_000 * LONGER };
const LIBRARY = { key: accountKey('library'), provider: 'SHOUTU', retryFailed: false } as const;
const idsOf = ({ edges }: RefundPage): readonly string[] => edges.map(({ refund }) => refund.merchantRefundId);
const seconds = (count: number) => Array.from({ length: count }, () => 1);

/** Refunds that were begun here and of which the provider has told nothing. */
async function begin(ledger: Ledger, rows: readonly ModelRow[]): Promise<void> {
  const begun = rows.map((row) => ({ ...observationOf(row), raw: null }));
  await observe(ledger, LIBRARY, begun, { via: 'MUTATION', at: NOW });
  await ledger.pool.query(
    'update refunds set submitted_at = created_at, created_at_is_ours = true where merchant_refund_id = any($1)',
    [rows.map(({ id }) => id)],
  );
}

/** One account with a live list. */
function house(ledger: Ledger, list: ModelList, direction: Direction, manners: Partial<Manners> = {}) {
  const { account, calls } = createModelAccount('library', list, { maxPageSize: 100, ...manners });
  const deps = {
    ledger,
    queue: { expedite: () => Promise.resolve() },
    accounts: [account],
    pages: createSingleFlight<QueriedPage>(),
    clock: () => NOW,
    deadlineMs: () => 5_000,
  };
  const asked = { accounts: [account.key], conditions: NO_CONDITIONS, direction, read: 'AUTO' } as const;
  return {
    calls,
    page: (toward: 'after' | 'before', limit: number, from: string | null = null) =>
      listRefunds(deps, { ...asked, window: { toward, limit, from } }, new AbortController().signal),
  };
}

/** Rows at some times of a list, or beside them. */
const besideRows = (list: ModelList, places: readonly { readonly at: number; readonly later: number }[]) => {
  const rows = list.rows();
  return places.map(({ at, later }, nth): ModelRow => {
    const beside = rows[Math.floor(at * rows.length)]?.time ?? 1_700_000_000;
    return { id: `U${nth}`, time: beside + later, status: 'PENDING' };
  });
};

describeOnEachDatabase('refunds that only the ledger has', (database) => {
  it('stand at their times and are counted, in both directions', async () => {
    const ledger = await database.open();
    const list = createModelList(seconds(6), 'DESC', 'L');
    const own = besideRows(list, [
      { at: 0, later: 5 },
      { at: 0.5, later: 0 },
      { at: 0.9, later: -5 },
    ]);
    await begin(ledger, own);
    const { page } = house(ledger, list, 'DESC');
    // In the same second the provider's rows are the newer ones.
    const all = [...list.rows(), ...own].toSorted((a, b) => b.time - a.time).map(({ id }) => id);
    const whole = await page('after', 20);
    expect(whole).toMatchObject({ totalCount: 9, hasNextPage: false });
    expect(idsOf(whole)).toEqual(all);
    expect(idsOf(await page('before', 20))).toEqual(all);
    const middle = whole.edges[4]?.cursor ?? null;
    expect(idsOf(await page('after', 2, middle))).toEqual(all.slice(5, 7));
    expect(idsOf(await page('before', 2, middle))).toEqual(all.slice(2, 4));
  });

  it('are read while the provider is asked, not after it', async () => {
    const ledger = await database.open();
    const list = createModelList(seconds(3), 'DESC', 'L');
    await begin(ledger, besideRows(list, [{ at: 0, later: 1 }]));
    const read = Promise.withResolvers<void>();
    const db = ledger.db.withPlugin({
      transformQuery: ({ node }) => {
        read.resolve();
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    });
    // The provider answers once the ledger was asked for rows. Else nothing answers before the deadline.
    const { page } = house({ ...ledger, db }, list, 'DESC', { before: () => read.promise });
    expect(await page('after', 9)).toMatchObject({ edges: { length: 4 }, sources: [{ failure: null }] });
  });

  it('are each shown once in a walk, whatever comes and goes, is listed late, or is away', SLOW, async () => {
    const step = fc.record({ change: changes, isAway: fc.boolean(), listed: fc.array(fc.nat(9), { maxLength: 2 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          rows: gaps(30),
          own: fc.array(
            fc.record({ at: fc.double({ min: 0, max: 0.99, noNaN: true }), later: fc.constantFrom(-1, 0, 0, 3) }),
            {
              maxLength: 10,
              size: 'max',
            },
          ),
          direction: fc.constantFrom<Direction>('DESC', 'ASC'),
          toward: fc.constantFrom('after', 'before' as const),
          maxPageSize: fc.constantFrom(7, 100),
          sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
          late: fc.integer({ min: -6, max: 6 }),
          steps: fc.array(step, { maxLength: 8, size: 'max' }),
        }),
        async ({ rows, own: places, direction, toward, maxPageSize, sizes, late, steps }) => {
          const ledger = await database.open();
          const list = createModelList(rows, direction, 'L');
          const own = besideRows(list, places);
          await begin(ledger, own);
          let isAway = false;
          const before = () => {
            if (isAway) throw isDown('library');
          };
          const { page } = house(ledger, list, direction, { maxPageSize, before });
          const listed = new Set<string>();
          const present = () => [...list.rows(), ...own].map(({ id }) => id).filter((id) => !listed.has(id));
          let stayed = new Set(present());
          const seen: string[] = [];
          list.worstLoss();
          for (let nth = 0, from: string | null = null, more = true; more; nth++) {
            if (nth > 500) throw new Error('The walk does not end.');
            isAway = steps[nth]?.isAway ?? false;
            try {
              const shown = await page(toward, sizes[nth % sizes.length] ?? 1, from);
              seen.push(...idsOf(shown));
              more = toward === 'after' ? shown.hasNextPage : shown.hasPreviousPage;
              from = toward === 'after' ? shown.endCursor : shown.startCursor;
            } catch (error) {
              // Everything beyond the cursor waits for the provider: the same cursor is good later.
              if (error instanceof NoProgressError && isAway) continue;
              // More rows of one second vanished than a cursor remembers.
              if (error instanceof PagingError && list.worstLoss() >= NEIGHBOURS) return;
              throw error;
            }
            const { change, listed: told = [] } = steps[nth] ?? {};
            if (change !== undefined) list.change(change);
            for (const which of told) {
              const row = own[which];
              if (row === undefined || listed.has(row.id)) continue;
              listed.add(row.id);
              list.put({ ...row, time: row.time + late });
            }
            stayed = stayed.intersection(new Set(present()));
          }
          expect(seen.filter((id, index) => seen.indexOf(id) !== index)).toEqual([]);
          expect([...stayed].filter((id) => !seen.includes(id))).toEqual([]);
        },
      ),
      { numRuns: LONGER * (database.kind === 'embedded' ? 30 : 60) },
    );
  });
});
