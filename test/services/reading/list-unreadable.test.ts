/**
 * Promise: a stored refund that can't be read back costs itself: it is counted, and its neighbours are shown.
 */
import { expect, it } from 'vitest';
import { createSingleFlight } from '../../../src/flow/single-flight.ts';
import { NO_CONDITIONS } from '../../../src/refunds/filter.ts';
import { accountKey } from '../../../src/refunds/ids.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { listRefunds, type ListRequest } from '../../../src/services/reading/list.ts';
import type { QueriedPage } from '../../../src/services/reading/provider-pages.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { createModelAccount, createModelList, observationOf } from './list-model.ts';

const NOW = new Date('2024-07-31T08:26:46Z');

describeOnEachDatabase('a stored row that another version wrote', (database) => {
  it.each(['forward', 'backward'] as const)('is counted once over a walk %s', async (way) => {
    const ledger = await database.open();
    const rows = createModelList([1, 1, 1, 1, 1], 'DESC', 'blue').rows();
    const account = { key: accountKey('blue'), provider: 'SHOUTU', retryFailed: false } as const;
    await observe(ledger, account, rows.map(observationOf), { via: 'POLL', at: NOW });
    const broken = rows[2]?.id ?? '';
    await ledger.db
      .updateTable('refunds')
      .set({ provider: 'NEWPAY' })
      .where('merchant_refund_id', '=', broken)
      .execute();
    // Details of a kind that is not known cost the details alone.
    await ledger.db
      .updateTable('refunds')
      .set({ details: JSON.stringify({ provider: 'SHOUTU', refundMode: 7 }) })
      .where('merchant_refund_id', '=', rows[3]?.id ?? '')
      .execute();
    const { account: blue } = createModelAccount('blue', null, { maxPageSize: 100 });
    const deps = {
      ledger,
      queue: { expedite: () => Promise.resolve() },
      accounts: [blue],
      pages: createSingleFlight<QueriedPage>(),
      clock: () => NOW,
      deadlineMs: () => 5_000,
    };
    const page = (from: string | null) => {
      const window = { toward: way === 'forward' ? 'after' : 'before', limit: 2, from } as const;
      const ask: ListRequest = {
        accounts: [blue.key],
        conditions: NO_CONDITIONS,
        direction: 'DESC',
        read: 'LEDGER',
        window,
      };
      return listRefunds(deps, ask, new AbortController().signal);
    };
    const shown: string[] = [];
    let unreadable = 0;
    for (let from: string | null = null, more = true; more;) {
      const got = await page(from);
      shown.push(...got.edges.map(({ refund }) => refund.merchantRefundId));
      unreadable += got.sources[0]?.unreadable ?? 0;
      expect(got.totalCount).toBe(5);
      [more, from] = way === 'forward' ? [got.hasNextPage, got.endCursor] : [got.hasPreviousPage, got.startCursor];
    }
    const others = rows.map(({ id }) => id).filter((id) => id !== broken);
    expect(shown.toSorted()).toEqual(others.toSorted());
    expect(unreadable).toBe(1);
  });
});
