/** Promise: a person ends what no provider will, and nothing that its provider can still tell of. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pageEvents } from '../../../src/ledger/events.ts';
import { refundedOf } from '../../../src/ledger/payment/payment-totals.ts';
import { shownAttention } from '../../../src/refunds/attention.ts';
import { merchantRefundId } from '../../../src/refunds/ids.ts';
import type { Refund } from '../../../src/refunds/refund.ts';
import { closeRefund, type CloseRequest } from '../../../src/services/settlement/close.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { executed, madeElsewhere, scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';
import { callBack } from '../../support/side-door.ts';

const NOBODY = new AbortController().signal;
const ACTOR = { subject: 'ann', client: 'desk' };

describeOnEachDatabase('closing a refund', (database) => {
  let tipay: Scripted;
  let here: Settling;
  let startedAt: Date;
  beforeEach(async () => {
    tipay = scriptedProvider('TIPAY');
    here = await settlingOver(await database.open(), [tipay]);
    startedAt = here.parts.clock();
  });
  afterEach(() => here.close());

  const close = ({ account, merchantRefundId: id }: Refund, rest: Partial<CloseRequest> = {}) =>
    closeRefund(
      { ...here.parts, startedAt },
      { account, merchantRefundId: id, outcome: 'FAILED', note: 'seen in the console', actor: ACTOR, ...rest },
      NOBODY,
    );
  const lastEvent = async (refund: Refund) => {
    const [event] = await pageEvents(here.parts.ledger.db, refund, { direction: 'DESC', after: null, limit: 1 });
    return event;
  };
  /** Answered with a yes that can't be read, and never there. */
  const lost = () => {
    tipay.script.push('unread-before');
    return here.make(tipay, {});
  };

  it.each(['FAILED', 'SUCCEEDED'] as const)('that the provider denies ends it as %s, by an event', async (outcome) => {
    const refund = await lost();
    here.pass(100);
    expect(await close(refund, { outcome })).toMatchObject({ kind: 'closed', refund: { status: outcome } });
    const found = await here.find(refund);
    expect(found).toMatchObject({
      status: outcome,
      attention: {},
      failure: outcome === 'FAILED' ? { code: 'CLOSED_BY_OPERATOR', retryable: false } : null,
    });
    expect(found.completedAt).not.toBeNull();
    expect(await lastEvent(refund)).toMatchObject({
      type: 'STATUS_CHANGED',
      previousStatus: 'PENDING',
      status: outcome,
      via: 'OPERATOR',
      actor: ACTOR,
      note: 'seen in the console',
      snapshot: { version: found.version },
    });
    const { merchantPaymentId, providerPaymentId } = refund.payment;
    const [sum] = await refundedOf(here.parts.ledger.db, [
      { account: refund.account, merchantPaymentId, providerPaymentId },
    ]);
    expect(sum).toBe(outcome === 'FAILED' ? 0n : 100n);
    expect(await close(refund, { outcome })).toMatchObject({ kind: 'not-closable' });
  });

  it("gives way to the provider's word when it comes after all", async () => {
    const refund = await lost();
    here.pass(100);
    await close(refund);
    madeElsewhere(tipay, 'PAYMENT1', refund.merchantRefundId, 100n);
    executed(tipay, refund).status = 'SUCCEEDED';
    const { account, merchantRefundId: id } = refund;
    await here.settleOnce({ account, merchantRefundId: id }, { evenIfFinished: true });
    expect(await here.find(refund)).toMatchObject({ status: 'SUCCEEDED', failure: null });
  });

  it('is refused where the provider has it, with what it says', async () => {
    const refund = await here.make(tipay, {});
    executed(tipay, refund).status = 'SUCCEEDED';
    expect(await close(refund)).toMatchObject({ kind: 'not-closable', refund: { status: 'SUCCEEDED' } });
    expect(await here.find(refund)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('is refused while what was sent may still arrive, and while the provider is away, until that has lasted', async () => {
    tipay.script.push('lost-before');
    const refund = await here.make(tipay, {});
    expect(await close(refund)).toMatchObject({ kind: 'not-closable', refund: { status: 'PENDING' } });
    here.pass(60);
    tipay.reachable = false;
    expect(await close(refund)).toMatchObject({ kind: 'not-closable', refund: { status: 'PENDING' } });
    here.pass(1_800);
    expect(await close(refund)).toMatchObject({ kind: 'closed', refund: { status: 'FAILED' } });
  });

  it('counts the absence of a provider from the last answer to anybody, and not from a time before this start', async () => {
    const refund = await lost();
    here.pass(10_000);
    tipay.reachable = false;
    const seen = here.parts.clock();
    const account = {
      ...tipay.account,
      health: () => ({ status: 'UNAVAILABLE', lastSuccessAt: seen, lastFailure: null }) as const,
    };
    const deps = { ...here.parts, accounts: new Map([[account.key, account]]), startedAt };
    const request = { account: account.key, outcome: 'FAILED', note: 'n', actor: ACTOR } as const;
    const { merchantRefundId: id } = refund;
    expect(await closeRefund(deps, { ...request, merchantRefundId: id }, NOBODY)).toMatchObject({
      kind: 'not-closable',
    });
    startedAt = here.parts.clock();
    expect(await close(refund)).toMatchObject({ kind: 'not-closable' });
  });

  it('of an account that has left the configuration asks nobody', async () => {
    const refund = await here.make(tipay, {});
    const deps = { ...here.parts, accounts: new Map(), startedAt };
    const { account, merchantRefundId: id } = refund;
    const request = { account, merchantRefundId: id, outcome: 'SUCCEEDED', note: 'n', actor: ACTOR } as const;
    const before = tipay.queries;
    expect(await closeRefund(deps, request, NOBODY)).toMatchObject({ kind: 'closed', refund: { status: 'SUCCEEDED' } });
    expect(tipay.queries).toBe(before);
  });

  it('needs a note, and a refund that is known', async () => {
    const refund = await lost();
    for (const note of ['', ' \n', 'x'.repeat(1_001)]) {
      expect(await close(refund, { note })).toMatchObject({ kind: 'invalid', issues: [{ path: ['note'] }] });
    }
    expect(await close({ ...refund, merchantRefundId: merchantRefundId('NOBODY') })).toEqual({ kind: 'not-found' });
    expect(await here.find(refund)).toMatchObject({ status: 'PENDING', version: 1 });
  });

  it.each([
    ['FAILED', 'STATUS_CHANGED'],
    ['SUCCEEDED', 'ATTENTION_CHANGED'],
  ] as const)(
    'that only a callback told and its provider denies ends as %s, and is left alone then',
    async (outcome, type) => {
      madeElsewhere(tipay, 'PAYMENT2', 'ELSEWHERE', 100n);
      executed(tipay, { merchantRefundId: 'ELSEWHERE' }).status = 'SUCCEEDED';
      await callBack(here, tipay, tipay.tell('ELSEWHERE'));
      tipay.book.clear();
      const account = tipay.account.key;
      const id = merchantRefundId('ELSEWHERE');
      for (let nth = 0; nth < 3; nth += 1) {
        here.pass(10);
        await here.settleOnce({ account, merchantRefundId: id }, { evenIfFinished: true });
      }
      const refund = await here.find({ account, merchantRefundId: id });
      expect(shownAttention(refund.attention)?.reason).toBe('DENIED');
      expect(await close(refund, { outcome })).toMatchObject({ kind: 'closed', refund: { status: outcome } });
      expect(await lastEvent(refund)).toMatchObject({ type, via: 'OPERATOR', status: outcome });
      for (let nth = 0; nth < 3; nth += 1) {
        here.pass(100);
        await here.settleOnce({ account, merchantRefundId: id }, { evenIfFinished: true });
      }
      expect(await here.find(refund)).toMatchObject({ status: outcome, attention: {} });
    },
  );

  it('of twenty at once is one', async () => {
    const refund = await lost();
    here.pass(100);
    const results = await Promise.all(Array.from({ length: 20 }, () => close(refund)));
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['closed', ...Array(19).fill('not-closable')]);
    expect(await lastEvent(refund)).toMatchObject({ snapshot: { version: 2 } });
  });
});
