import { expect, it } from 'vitest';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { createSingleFlight } from '../../../src/flow/single-flight.ts';
import { NO_CONDITIONS } from '../../../src/refunds/filter.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';
import { PagingError } from '../../../src/paging/window.ts';
import type { QueriedPage } from '../../../src/services/reading/provider-pages.ts';
import { listRefunds, type ListRequest } from '../../../src/services/reading/list.ts';
import type { RefundPage } from '../../../src/services/reading/list-answer.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import {
  createModelAccount,
  createModelList,
  isDown,
  observationOf,
  type Manners,
  type ModelAccount,
  type ModelList,
} from './list-model.ts';

const NOW = new Date('2024-07-31T08:26:46Z');
/** On a busy machine a cold embedded database takes its time. */
const SLOW = { timeout: 60_000 };
const NOBODY = new AbortController().signal;
const forward = (limit: number, from: string | null = null) => ({ toward: 'after', limit, from }) as const;
const backward = (limit: number, from: string | null = null) => ({ toward: 'before', limit, from }) as const;

interface House {
  readonly list: (request?: Partial<ListRequest>, signal?: AbortSignal) => Promise<RefundPage>;
  readonly live: ModelAccount;
}

/** One account with a live list and any number that only the ledger knows. */
function house(
  ledger: Ledger,
  library: ModelList,
  {
    manners = {},
    remembered = [],
    deadlineMs = 5_000,
  }: { manners?: Partial<Manners>; remembered?: string[]; deadlineMs?: number } = {},
): House {
  const live = createModelAccount('library', library, { maxPageSize: 100, ...manners });
  const others = remembered.map((key) => createModelAccount(key, null, { maxPageSize: 1 }).account);
  const accounts = [live.account, ...others];
  const deps = {
    ledger,
    queue: { expedite: () => Promise.resolve() },
    accounts,
    pages: createSingleFlight<QueriedPage>(),
    clock: () => NOW,
    deadlineMs: () => deadlineMs,
  };
  const request: ListRequest = {
    accounts: accounts.map(({ key }) => key),
    conditions: NO_CONDITIONS,
    direction: 'DESC',
    window: forward(20),
    read: 'AUTO',
  };
  return { live, list: (part, signal = NOBODY) => listRefunds(deps, { ...request, ...part }, signal) };
}

async function remember(ledger: Ledger, key: string, list: ModelList): Promise<void> {
  const account = { key: accountKey(key), provider: 'SHOUTU', retryFailed: false } as const;
  await observe(ledger, account, list.rows().map(observationOf), { via: 'POLL', at: NOW });
}

const idsOf = ({ edges }: RefundPage) => edges.map(({ refund }) => refund.merchantRefundId);
const modelIds = (list: ModelList) => list.rows().map(({ id }) => id);
const seconds = (count: number, apart: number) => Array.from({ length: count }, () => apart);

/**
 * The newest-first list over several accounts: by time, account key and, in the ledger, id, all turned
 * round.
 */
function newestFirst(lists: Readonly<Record<string, ModelList>>): readonly string[] {
  const rows = Object.entries(lists).flatMap(([account, list]) => list.rows().map((row) => ({ ...row, account })));
  const descending = (a: string, b: string) => (a < b ? 1 : a > b ? -1 : 0);
  return rows
    .toSorted(
      (a, b) =>
        b.time - a.time || descending(a.account, b.account) || (a.account === 'library' ? 0 : descending(a.id, b.id)),
    )
    .map(({ id }) => id);
}

async function walk(list: House['list'], part: Partial<ListRequest>, size: number, way: 'forward' | 'backward') {
  const seen: string[] = [];
  let from: string | null = null;
  for (let pages = 1; pages < 200; pages++) {
    const page: RefundPage = await list({
      ...part,
      window: way === 'forward' ? forward(size, from) : backward(size, from),
    });
    if (way === 'forward') seen.push(...idsOf(page));
    else seen.unshift(...idsOf(page));
    if (way === 'forward' ? !page.hasNextPage : !page.hasPreviousPage) return seen;
    from = way === 'forward' ? page.endCursor : page.startCursor;
  }
  throw new Error('The walk does not end.');
}

describeOnEachDatabase('list', (database) => {
  it('merges live pages and the ledger into one list, the same forward and backward', SLOW, async () => {
    const ledger = await database.open();
    const lists = {
      blue: createModelList([...seconds(7, 0), ...seconds(20, 2)], 'DESC', 'B'),
      chain: createModelList(seconds(25, 1), 'DESC', 'C'),
      library: createModelList([...seconds(9, 0), ...seconds(30, 1)], 'DESC', 'L'),
    };
    await remember(ledger, 'blue', lists.blue);
    await remember(ledger, 'chain', lists.chain);
    const { list } = house(ledger, lists.library, { remembered: ['blue', 'chain'], manners: { maxPageSize: 10 } });
    expect(await walk(list, {}, 15, 'forward')).toEqual(newestFirst(lists));
    expect(await walk(list, {}, 40, 'backward')).toEqual(newestFirst(lists));
    expect(await walk(list, {}, 100, 'backward')).toEqual(newestFirst(lists));
    const page = await list({ window: forward(5) });
    expect(page).toMatchObject({ hasNextPage: true, hasPreviousPage: false, totalCount: 91 });
    expect([page.startCursor, page.endCursor]).toEqual([page.edges[0]?.cursor, page.edges[4]?.cursor]);
    expect(page.sources).toEqual([
      { account: 'blue', origin: 'LEDGER', complete: true, unreadable: 0, totalCount: 27, asOf: NOW, failure: null },
      { account: 'chain', origin: 'LEDGER', complete: true, unreadable: 0, totalCount: 25, asOf: NOW, failure: null },
      {
        account: 'library',
        origin: 'PROVIDER',
        complete: true,
        unreadable: 0,
        totalCount: 39,
        asOf: NOW,
        failure: null,
      },
    ]);
  });

  it('goes on right behind its row while every source grows and the live one loses rows', async () => {
    const ledger = await database.open();
    const blue = createModelList(seconds(40, 1), 'DESC', 'B');
    const library = createModelList(seconds(40, 1), 'DESC', 'L');
    await remember(ledger, 'blue', blue);
    const stayed = new Set([...modelIds(blue), ...modelIds(library)]);
    const expected = newestFirst({ blue, library });
    const { list } = house(ledger, library, { remembered: ['blue'], manners: { maxPageSize: 10 } });
    const seen: string[] = [];
    let page = await list({ window: forward(7) });
    for (let nth = 0; page.hasNextPage; nth++) {
      seen.push(...idsOf(page));
      library.change({ grow: [], burst: { count: 3, apart: 1 }, lose: [{ at: 0.3, count: 2 }] });
      blue.change({ grow: [], burst: { count: 2, apart: 1 }, lose: [] });
      await remember(ledger, 'blue', blue);
      page = await list({ window: forward(7, page.endCursor) });
      if (nth > 100) throw new Error('The walk does not end.');
    }
    seen.push(...idsOf(page));
    const lasting = new Set([...modelIds(library), ...modelIds(blue)].filter((id) => stayed.has(id)));
    expect(seen.filter((id) => lasting.has(id))).toEqual(expected.filter((id) => lasting.has(id)));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('shows the newest rows of every source in front of a page that was read before', async () => {
    const ledger = await database.open();
    const blue = createModelList([1, 1], 'DESC', 'B');
    const library = createModelList([1, 1], 'DESC', 'L');
    await remember(ledger, 'blue', blue);
    const { list } = house(ledger, library, { remembered: ['blue', 'chain'] });
    const page = await list();
    const chain = createModelList([5], 'DESC', 'C');
    library.change({ grow: [], burst: { count: 1, apart: 2 }, lose: [] });
    blue.change({ grow: [], burst: { count: 1, apart: 3 }, lose: [] });
    await remember(ledger, 'blue', blue);
    await remember(ledger, 'chain', chain);
    const newer = await list({ window: backward(20, page.startCursor) });
    expect(newer.edges).toHaveLength(3);
    expect(idsOf(newer)).toEqual(
      newestFirst({ blue, chain, library }).filter((id) => !idsOf(page).some((old) => old === id)),
    );
  });

  it('remembers what a provider listed, and answers it from the ledger without asking', async () => {
    const ledger = await database.open();
    const library = createModelList(seconds(12, 1), 'DESC', 'L');
    const { list, live } = house(ledger, library);
    const page = await list({ window: forward(12) });
    expect(page.edges.map(({ refund }) => refund.observedAt)).toEqual(page.edges.map(() => NOW));
    const refs = modelIds(library).map((id) => ({
      account: accountKey('library'),
      merchantRefundId: merchantRefundId(id),
    }));
    expect(await findRefunds(ledger.db, refs)).toHaveLength(12);
    const calls = live.calls();
    const known = await list({ window: forward(12), read: 'LEDGER' });
    expect(live.calls()).toBe(calls);
    expect(idsOf(known)).toEqual(modelIds(library));
    expect(known.sources).toMatchObject([{ origin: 'LEDGER', totalCount: 12 }]);
  });

  it('queries the provider under PROVIDER, and the ledger where there is no list', async () => {
    const { list } = house(await database.open(), createModelList([], 'DESC'), { remembered: ['blue'] });
    const page = await list({ read: 'PROVIDER' });
    expect(page.sources).toMatchObject([
      { account: 'blue', origin: 'LEDGER' },
      { account: 'library', origin: 'PROVIDER' },
    ]);
  });

  it('gives null cursors for a list without rows, and nothing for no accounts', async () => {
    const { list } = house(await database.open(), createModelList([], 'DESC'), { remembered: ['blue'] });
    const empty = {
      edges: [],
      startCursor: null,
      endCursor: null,
      hasNextPage: false,
      hasPreviousPage: false,
      totalCount: 0,
    };
    expect(await list()).toMatchObject(empty);
    expect(await list({ window: backward(5) })).toMatchObject(empty);
    expect(await list({ accounts: [] })).toEqual({ ...empty, sources: [] });
  });

  it('serves the page without an account that hangs, and goes on with its rows once it is back', async () => {
    const ledger = await database.open();
    const library = createModelList(seconds(6, 1), 'DESC', 'L');
    const blue = createModelList(seconds(6, 1), 'DESC', 'B');
    await remember(ledger, 'blue', blue);
    let hangs = true;
    const before = (): Promise<void> => (hangs ? new Promise<void>(() => undefined) : Promise.resolve());
    const { list } = house(ledger, library, { remembered: ['blue'], manners: { before }, deadlineMs: 2_000 });
    const page = await list({ window: forward(4) });
    expect(idsOf(page)).toEqual(modelIds(blue).slice(0, 4));
    expect(page).toMatchObject({
      totalCount: null,
      hasNextPage: true,
      sources: [
        { account: 'blue', complete: true, failure: null },
        {
          account: 'library',
          complete: false,
          unreadable: 0,
          totalCount: null,
          failure: { at: NOW, code: 'TIMED_OUT' },
        },
      ],
    });
    hangs = false;
    const next = await list({ window: forward(20, page.endCursor) });
    expect(next.hasNextPage).toBe(false);
    expect(next.hasPreviousPage).toBe(true);
    const seen = idsOf(next);
    expect(seen.filter((id) => id.startsWith('L'))).toEqual(modelIds(library));
    expect(seen.filter((id) => id.startsWith('B'))).toEqual(modelIds(blue).slice(4));
  });

  it('names an account that is down, and lets the walk wait for it on a page without rows', async () => {
    const library = createModelList([1, 1], 'DESC', 'L');
    let down = true;
    const before = () => {
      if (down) throw isDown('library');
    };
    const { list } = house(await database.open(), library, { manners: { before } });
    const page = await list();
    expect(page).toMatchObject({ edges: [], hasNextPage: true, startCursor: null });
    expect(page.sources).toMatchObject([
      { complete: false, failure: { code: 'UNAVAILABLE', message: 'Nobody answers.' } },
    ]);
    down = false;
    expect(idsOf(await list({ window: forward(20, page.endCursor) }))).toEqual(modelIds(library));
  });

  it('asks once for a hundred equal pages at the same time', async () => {
    const { list, live } = house(await database.open(), createModelList(seconds(50, 1), 'DESC'));
    const pages = await Promise.all(Array.from({ length: 100 }, () => list()));
    expect(live.calls()).toBe(1);
    expect(new Set(pages.map((page) => idsOf(page).join())).size).toBe(1);
  });

  it('reads on with a bound where the provider cannot filter, and lets the walk go on from there', async () => {
    const library = createModelList(seconds(2_400, 1), 'DESC', 'L');
    const oldest = library.rows().at(-1)?.id ?? '';
    const manners = { pushes: false };
    const { list, live } = house(await database.open(), library, { manners });
    const conditions = { ...NO_CONDITIONS, merchantRefundId: oldest };
    const first = await list({ conditions });
    expect(live.calls()).toBe(10);
    expect(first).toMatchObject({ edges: [], hasNextPage: true, totalCount: null, sources: [{ complete: false }] });
    expect(await walk(list, { conditions }, 20, 'forward')).toEqual([oldest]);
    expect(live.calls()).toBeLessThanOrEqual(10 + 36);
  });

  it('does not show a row that no longer meets the filter by what the ledger knows', async () => {
    const ledger = await database.open();
    const library = createModelList(seconds(6, 1), 'DESC', 'L');
    const processing = library.rows().filter(({ status }) => status === 'PROCESSING');
    const [settled] = processing;
    if (settled === undefined) throw new Error('The model has some.');
    const account = { key: accountKey('library'), provider: 'SHOUTU', retryFailed: false } as const;
    await observe(ledger, account, [observationOf({ ...settled, status: 'SUCCEEDED' })], { via: 'CALLBACK', at: NOW });
    const { list } = house(ledger, library, { manners: { pushes: false } });
    const page = await list({ conditions: { ...NO_CONDITIONS, statuses: ['PROCESSING'] } });
    expect(idsOf(page)).toEqual(processing.slice(1).map(({ id }) => id));
  });

  it('counts only when it is asked to', async () => {
    const { list } = house(await database.open(), createModelList([1], 'DESC'), { remembered: ['blue'] });
    expect(await list({ withTotals: false })).toMatchObject({ totalCount: null, sources: [{ totalCount: null }, {}] });
  });

  it('refuses a cursor that is bad, altered, or of another list', async () => {
    const library = createModelList(seconds(9, 1), 'DESC');
    const { list, live } = house(await database.open(), library, { remembered: ['blue'] });
    const { endCursor } = await list({ window: forward(3) });
    const good = endCursor ?? '';
    const calls = live.calls();
    const middle = Math.floor(good.length / 2);
    const altered = good.slice(0, middle) + (good[middle] === 'A' ? 'B' : 'A') + good.slice(middle + 1);
    for (const bad of ['', 'x', 'not a cursor', altered, good.slice(0, -1), `${good}A`, 'A'.repeat(100_000)]) {
      await expect(list({ window: forward(3, bad) }), bad.slice(0, 20)).rejects.toThrow(
        '"after" is not a cursor of this API.',
      );
      await expect(list({ window: backward(3, bad) })).rejects.toMatchObject({
        name: 'PagingError',
        argument: 'before',
      });
    }
    const others: readonly Partial<ListRequest>[] = [
      { direction: 'ASC' },
      { read: 'LEDGER' },
      { accounts: [accountKey('library')] },
      { conditions: { ...NO_CONDITIONS, statuses: ['FAILED'] } },
    ];
    for (const other of others) {
      const asking = list({ ...other, window: forward(3, good) });
      await expect(asking).rejects.toThrow(PagingError);
      await expect(asking).rejects.toThrow('cursor of another list');
    }
    expect(live.calls()).toBe(calls);
    expect((await list({ window: forward(3, good) })).edges).toHaveLength(3);
  });

  it('stops when its caller does', async () => {
    const before = () => new Promise<void>(() => undefined);
    const { list } = house(await database.open(), createModelList([1], 'DESC'), { manners: { before } });
    const caller = new AbortController();
    const asking = list({}, caller.signal);
    caller.abort(new Error('gone home'));
    await expect(asking).rejects.toThrow('gone home');
  });
});
