/**
 * Promise: older and contradicting words change nothing, answers count more than callbacks, and an old
 * failure is not taken for a new one.
 */
import { expect, it } from 'vitest';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { merchantPaymentId } from '../../../src/refunds/ids.ts';
import type { RefundUpdate } from '../../../src/refunds/update.ts';
import type { ObservedVia } from '../../../src/refunds/refund.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';
import { ACCOUNT, BLUE, FAILURE, T0, later, ref, eventsOf, versions } from './observing.ts';

describeOnEachDatabase('what observe believes', (database) => {
  it('ignores what is older, silently', async () => {
    const ledger = await database.open();
    await observe(ledger, ACCOUNT, [refundUpdate({ status: 'SUCCEEDED' })], { via: 'QUERY', at: T0 });
    const before = await versions(ledger);
    const [late] = await observe(ledger, ACCOUNT, [refundUpdate({ reason: 'x' })], {
      via: 'CALLBACK',
      at: later(9_000),
    });
    expect(late).toMatchObject({ change: 'NONE', queryAgain: false, refund: { status: 'SUCCEEDED', reason: null } });
    expect(await versions(ledger)).toEqual(before);
  });

  it('records a contradicting callback once, keeps the refund and asks; the query decides', async () => {
    const ledger = await database.open();
    const blue = { ...ref, account: BLUE.key };
    const told = refundUpdate({ provider: 'BLUEPAY', status: 'SUCCEEDED' });
    const against = refundUpdate({ provider: 'BLUEPAY', status: 'FAILED', failure: FAILURE });
    await observe(ledger, BLUE, [told], { via: 'CALLBACK', at: T0 });
    const first = await observe(ledger, BLUE, [against], { via: 'CALLBACK', at: later(1) });
    expect(first).toMatchObject([{ change: 'CONFLICT_DETECTED', queryAgain: true, refund: { status: 'SUCCEEDED' } }]);
    const repeated = await observe(ledger, BLUE, [against, against], { via: 'CALLBACK', at: later(9_000) });
    expect(repeated).toMatchObject([
      { change: 'NONE', queryAgain: false },
      { change: 'NONE', queryAgain: false },
    ]);
    const answer = await observe(ledger, BLUE, [against], { via: 'QUERY', at: later(9_500), queriedAt: later(9_400) });
    expect(answer).toMatchObject([{ change: 'STATUS_CHANGED', refund: { status: 'FAILED', failure: FAILURE } }]);
    expect((await eventsOf(ledger, blue)).map(({ type, status }) => `${type} ${status}`)).toEqual([
      'DISCOVERED SUCCEEDED',
      'CONFLICT_DETECTED SUCCEEDED',
      'STATUS_CHANGED FAILED',
    ]);
  });

  it.each([
    ['amount', { amount: { minorUnits: 1293n, currency: 'CNY' } }],
    ['currency', { amount: { minorUnits: 1292n, currency: 'USD' } }],
    ['payment', { merchantPaymentId: merchantPaymentId('P2') }],
    ['amount of the payment', { paymentAmount: { minorUnits: 4999n, currency: 'CNY' } }],
  ])('changes nothing when another %s is told, whoever tells it', async (_, wrong) => {
    const ledger = await database.open();
    const known = { paymentAmount: { minorUnits: 5000n, currency: 'CNY' } };
    await observe(ledger, ACCOUNT, [refundUpdate(known)], { via: 'QUERY', at: T0 });
    const told = refundUpdate({ ...known, status: 'SUCCEEDED', ...wrong });
    const [callback] = await observe(ledger, ACCOUNT, [told], { via: 'CALLBACK', at: later(1) });
    expect(callback).toMatchObject({ change: 'CONFLICT_DETECTED', queryAgain: true, refund: { status: 'PROCESSING' } });
    const [query] = await observe(ledger, ACCOUNT, [told], { via: 'QUERY', at: later(2), queriedAt: later(1) });
    expect(query).toMatchObject({ change: 'NONE', queryAgain: false });
    expect(await findRefunds(ledger.db, [ref])).toMatchObject([
      { status: 'PROCESSING', amount: refundUpdate().amount },
    ]);
  });

  it('lets a refund leave FAILED where the provider takes it again, and is not fooled by the old failure', async () => {
    const ledger = await database.open();
    const failed = refundUpdate({ status: 'FAILED', failure: FAILURE, completedAt: later(1_000) });
    const tell = async (told: RefundUpdate, via: ObservedVia, ms: number) =>
      (await observe(ledger, ACCOUNT, [told], { via, at: later(ms), queriedAt: later(ms - 1) }))[0];
    expect(await tell(refundUpdate(), 'MUTATION', 0)).toMatchObject({ change: 'DISCOVERED' });
    expect(await tell(failed, 'CALLBACK', 2_000)).toMatchObject({ refund: { status: 'FAILED', failure: FAILURE } });
    expect(await tell(refundUpdate(), 'QUERY', 3_000)).toMatchObject({
      change: 'STATUS_CHANGED',
      refund: { status: 'PROCESSING', failure: null, completedAt: null },
    });
    expect(await tell(failed, 'CALLBACK', 4_000)).toMatchObject({
      change: 'NONE',
      queryAgain: true,
      refund: { status: 'PROCESSING' },
    });
    expect(await tell(refundUpdate({ status: 'SUCCEEDED' }), 'CALLBACK', 5_000)).toMatchObject({
      change: 'STATUS_CHANGED',
    });
    expect(await tell(failed, 'CALLBACK', 6_000)).toMatchObject({ change: 'NONE', refund: { status: 'SUCCEEDED' } });
  });

  it("keeps its own time of creation until the provider names one, and then the provider's", async () => {
    const ledger = await database.open();
    const tell = async (createdAt: Date | null, via: ObservedVia, ms: number) =>
      (await observe(ledger, ACCOUNT, [refundUpdate({ createdAt })], { via, at: later(ms) }))[0];
    expect(await tell(null, 'CALLBACK', 0)).toMatchObject({ refund: { createdAt: T0 } });
    expect(await tell(null, 'QUERY', 1)).toMatchObject({ change: 'NONE', refund: { createdAt: T0 } });
    expect(await tell(later(-9), 'CALLBACK', 2)).toMatchObject({
      change: 'DETAILS_CHANGED',
      refund: { createdAt: later(-9) },
    });
    expect(await tell(later(-8), 'CALLBACK', 3)).toMatchObject({ change: 'NONE', refund: { createdAt: later(-9) } });
    expect(await tell(null, 'QUERY', 4)).toMatchObject({ change: 'NONE', refund: { createdAt: later(-9) } });
  });

  it('lets a callback fill gaps and an answer correct, so that callbacks in any order make no updates for ever', async () => {
    const ledger = await database.open();
    const tell = async (rest: Partial<RefundUpdate>, via: ObservedVia, ms: number) =>
      (await observe(ledger, ACCOUNT, [refundUpdate(rest)], { via, at: later(ms), queriedAt: later(ms) }))[0];
    await tell({ reason: null }, 'MUTATION', 0);
    expect(await tell({ reason: 'first' }, 'CALLBACK', 1)).toMatchObject({ change: 'DETAILS_CHANGED' });
    expect(await tell({ reason: 'second' }, 'CALLBACK', 2)).toMatchObject({ change: 'NONE' });
    expect(await tell({ reason: 'third', providerStatus: 'SUSPEND' }, 'QUERY', 3)).toMatchObject({
      change: 'DETAILS_CHANGED',
      refund: { reason: 'third', providerStatus: 'SUSPEND' },
    });
    expect(await tell({ reason: 'first' }, 'CALLBACK', 4)).toMatchObject({
      change: 'NONE',
      refund: { reason: 'third' },
    });
  });
});
