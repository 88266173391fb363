import { expect, it } from 'vitest';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { createSingleFlight } from '../../../src/flow/single-flight.ts';
import { NO_CONDITIONS } from '../../../src/refunds/filter.ts';
import { accountKey } from '../../../src/refunds/ids.ts';
import type { QueriedPage } from '../../../src/services/reading/provider-pages.ts';
import { listRefunds, type ListRequest } from '../../../src/services/reading/list.ts';
import type { RefundPage } from '../../../src/services/reading/list-answer.ts';
import { mirrorStep } from '../../../src/services/mirroring/mirror.ts';
import { copiesOf } from '../../../src/services/mirroring/mirrored.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { createModelAccount, createModelList, type ModelList } from './list-model.ts';

const LIBRARY = accountKey('library');
const COPIED = new Date('2024-07-31T08:26:46Z');
const NOW = new Date('2024-07-31T08:27:16Z');
const NOBODY = new AbortController().signal;
const PROCESSING = { ...NO_CONDITIONS, statuses: ['PROCESSING'] } as const;

/** A server over one account whose provider can apply no filter, and the copy of its list. */
function house(ledger: Ledger, library: ModelList) {
  const { account, calls } = createModelAccount('library', library, { maxPageSize: 20, pushes: false });
  const { list } = account;
  if (list === undefined) throw new Error('The model has a list.');
  const mirrored = { ledger, mirrored: new Set([LIBRARY]) };
  const deps = {
    ledger,
    queue: { expedite: () => Promise.resolve() },
    accounts: [account],
    pages: createSingleFlight<QueriedPage>(),
    clock: () => NOW,
    copies: (accounts: readonly (typeof LIBRARY)[]) => copiesOf(mirrored, accounts),
    deadlineMs: () => 5_000,
  };
  return {
    calls,
    list: (request: Partial<ListRequest> = {}, first = 4, after: string | null = null): Promise<RefundPage> =>
      listRefunds(
        deps,
        {
          accounts: [LIBRARY],
          conditions: PROCESSING,
          direction: 'DESC',
          window: { toward: 'after', limit: first, from: after },
          read: 'AUTO',
          ...request,
        },
        NOBODY,
      ),
    copy: async () => {
      const queue = { expedite: () => Promise.resolve() };
      const whole = { account, list, throttle: () => Promise.resolve() };
      for (;;) {
        const { outcome } = await mirrorStep({ ledger, queue, clock: () => COPIED }, whole, NOBODY);
        if (outcome === 'copied' || outcome === 'done') return;
      }
    },
  };
}

const idsOf = (page: RefundPage) => page.edges.map(({ refund }) => refund.merchantRefundId);
const seconds = (count: number) => Array.from({ length: count }, () => 1);

describeOnEachDatabase('a list that the provider cannot filter', (database) => {
  it('is answered from the whole copy: counted, complete, as old as the copy, without a call', async () => {
    const ledger = await database.open();
    const library = createModelList(seconds(120), 'DESC');
    const { list, copy, calls } = house(ledger, library);
    const meant = library.rows().filter(({ status }) => status === 'PROCESSING');
    await copy();
    const before = calls();
    const page = await list();
    expect(idsOf(page)).toEqual(meant.slice(0, 4).map(({ id }) => id));
    expect(page.sources).toEqual([
      {
        account: LIBRARY,
        origin: 'LEDGER',
        complete: true,
        unreadable: 0,
        totalCount: meant.length,
        asOf: COPIED,
        failure: null,
      },
    ]);
    expect(calls()).toBe(before);
  });

  it('is asked of the provider until the copy is whole, and under PROVIDER, and where the filter needs no copy', async () => {
    const ledger = await database.open();
    const { list, copy, calls } = house(ledger, createModelList(seconds(30), 'DESC'));
    expect((await list()).sources).toMatchObject([{ origin: 'PROVIDER', totalCount: null, asOf: NOW }]);
    await copy();
    const before = calls();
    expect((await list({ read: 'PROVIDER' })).sources).toMatchObject([{ origin: 'PROVIDER' }]);
    expect(calls()).toBeGreaterThan(before);
    expect((await list()).sources).toMatchObject([{ origin: 'LEDGER' }]);
  });

  it('goes on with the source that the walk began with, when the copy becomes whole in its middle', async () => {
    const ledger = await database.open();
    const library = createModelList(seconds(90), 'DESC');
    const { list, copy } = house(ledger, library);
    const meant = library.rows().filter(({ status }) => status === 'PROCESSING');
    let page = await list();
    const seen = [...idsOf(page)];
    await copy();
    while (page.hasNextPage) {
      page = await list({}, 4, page.endCursor);
      expect(page.sources).toMatchObject([{ origin: 'PROVIDER' }]);
      seen.push(...idsOf(page));
    }
    expect(seen).toEqual(meant.map(({ id }) => id));
    let again = await list();
    const copied = [...idsOf(again)];
    while (again.hasNextPage) {
      again = await list({}, 4, again.endCursor);
      expect(again.sources).toMatchObject([{ origin: 'LEDGER', asOf: COPIED }]);
      copied.push(...idsOf(again));
    }
    expect(copied).toEqual(seen);
  });
});
