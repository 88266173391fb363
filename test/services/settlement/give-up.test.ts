/**
 * Promise: a refund is given up when its provider has denied it for half an hour, whatever else happens. Then
 * no job waits for it.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readStored } from '../../../src/ledger/refund/refund-writes.ts';
import { findSubmissions } from '../../../src/ledger/submissions.ts';
import type { Refund } from '../../../src/refunds/refund.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { madeElsewhere, scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';

describeOnEachDatabase('giving up', (database) => {
  let tipay: Scripted;
  let bluepay: Scripted;
  let shoutu: Scripted;
  let here: Settling;

  beforeEach(async () => {
    tipay = scriptedProvider('TIPAY');
    bluepay = scriptedProvider('BLUEPAY');
    shoutu = scriptedProvider('SHOUTU');
    here = await settlingOver(await database.open(), [tipay, bluepay, shoutu]);
  });
  afterEach(() => here.close());

  const outcomes = async ({ account, merchantRefundId: id }: Refund) => {
    const [stored] = await readStored(here.parts.ledger.db, account, [id]);
    const sends = await findSubmissions(here.parts.ledger.db, stored?.id ?? '');
    return sends.map(({ kind, outcome }) => `${kind} ${outcome}`);
  };
  const queryAfter = async (seconds: number, refund: Refund) => {
    here.pass(seconds);
    await here.settleOnce(refund);
    return here.find(refund);
  };
  /** Longer than the time after which a refund is given up. */
  async function outage(at: Scripted, refund: Refund): Promise<void> {
    at.reachable = false;
    for (let minutes = 0; minutes < 120; minutes += 20) await queryAfter(1200, refund);
    at.reachable = true;
  }

  test('after an outage the first "not there" gives nothing up: half an hour of them does', async () => {
    shoutu.script.push('lost-before');
    const refund = await here.make(shoutu, {});
    await outage(shoutu, refund);
    expect(await queryAfter(1, refund)).toMatchObject({ status: 'PENDING', failure: null });
    expect(await queryAfter(1790, refund)).toMatchObject({ status: 'PENDING', failure: null });
    expect(await queryAfter(20, refund)).toMatchObject({ status: 'FAILED', failure: { code: 'NOT_ACCEPTED' } });
    expect(shoutu.sent).toHaveLength(1);
  });

  test('an outage between two of them begins the half hour anew', async () => {
    shoutu.script.push('lost-before');
    const refund = await here.make(shoutu, {});
    await queryAfter(17, refund);
    await outage(shoutu, refund);
    expect(await queryAfter(1, refund)).toMatchObject({ status: 'PENDING', failure: null });
    expect(await queryAfter(1790, refund)).toMatchObject({ status: 'PENDING', failure: null });
    expect(await queryAfter(20, refund)).toMatchObject({ status: 'FAILED', failure: { code: 'NOT_ACCEPTED' } });
  });

  test('what a copy that lagged after an outage did not show is found by the next query', async () => {
    shoutu.script.push('late');
    const refund = await here.make(shoutu, {});
    await outage(shoutu, refund);
    await queryAfter(1, refund);
    shoutu.arrive();
    expect(await queryAfter(5, refund)).toMatchObject({ status: 'PROCESSING' });
  });

  test('where a repeat is harmless it is sent once more after an outage, rather than given up', async () => {
    tipay.script.push('lost-before', 'lost-before');
    const refund = await here.make(tipay, {});
    await outage(tipay, refund);
    expect(await queryAfter(1, refund)).toMatchObject({ status: 'PENDING' });
    expect(await outcomes(refund)).toEqual(['CREATE unknown', 'REPEAT unknown']);
    // The repeat did not arrive either.
    expect(await queryAfter(1810, refund)).toMatchObject({ status: 'FAILED', failure: { code: 'NOT_ACCEPTED' } });
    expect(tipay.sent).toHaveLength(2);
  });

  test('a retry is given up by half an hour of its own', async () => {
    tipay.script.push(...Array.from({ length: 200 }, () => 'lost-before' as const));
    const refund = await here.make(tipay, {});
    expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'FAILED', failure: { code: 'NOT_ACCEPTED' } });
    await here.retry(tipay, refund.merchantRefundId);
    const before = tipay.sent.length;
    expect(await queryAfter(20, refund)).toMatchObject({ status: 'PENDING', failure: null });
    expect(tipay.sent).toHaveLength(before + 1);
  });

  test.each(['TIPAY', 'BLUEPAY', 'SHOUTU'])(
    'at %s a yes that can not be read is sent once, asked about, and never given up or free',
    async (name) => {
      const at = [tipay, bluepay, shoutu].find(({ account }) => account.provider === name) ?? expect.unreachable();
      at.script.push('unread-before');
      const refund = await here.make(at, {});
      at.paid.set('PAYMENT1', refund.amount);
      expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'PENDING', failure: null });
      expect(await outcomes(refund)).toEqual(['CREATE accepted-unread']);
      expect(await here.retry(at, refund.merchantRefundId)).toMatchObject({ kind: 'invalid' });
      expect(at.sent).toEqual([refund.merchantRefundId]);
      const [stored] = await readStored(here.parts.ledger.db, refund.account, [refund.merchantRefundId]);
      expect(stored?.missingSince).not.toBeNull();
      // The provider has it after all.
      madeElsewhere(at, 'PAYMENT1', refund.merchantRefundId, 100n);
      expect(await queryAfter(3600, refund)).toMatchObject({ status: 'PROCESSING' });
      const [seen] = await readStored(here.parts.ledger.db, refund.account, [refund.merchantRefundId]);
      expect(seen?.missingSince).toBeNull();
    },
  );

  test('a no inside a yes is believed once the query does not show the refund, and not sent again', async () => {
    tipay.script.push('inner-no');
    expect(await here.create(tipay, {})).toMatchObject({ kind: 'rejected', refusal: { code: 'INNER' } });
    expect(tipay.sent).toHaveLength(1);
  });

  test('a no to the query agrees with a no inside a yes, and with no other', async () => {
    tipay.refuses = true;
    tipay.script.push('inner-no', 'inner-no', 'lost-before', 'inner-no');
    expect(await here.create(tipay, {})).toMatchObject({ kind: 'rejected', refusal: { code: 'INNER' } });
    tipay.reachable = false;
    const later = await here.make(tipay, {});
    tipay.reachable = true;
    expect(await queryAfter(60, later)).toMatchObject({ status: 'FAILED', failure: { code: 'INNER' } });
    const lost = await here.make(tipay, {});
    for (let asked = 0; asked < 5; asked++)
      expect(await queryAfter(3600, lost)).toMatchObject({ status: 'PENDING', failure: null });
    expect(tipay.sent).toHaveLength(3);
  });

  test('a no inside a yes waits for a query that answers, and a query that shows the refund wins', async () => {
    tipay.script.push('inner-no', 'inner-no');
    tipay.reachable = false;
    const refund = await here.make(tipay, {});
    const other = await here.make(tipay, {});
    tipay.reachable = true;
    madeElsewhere(tipay, 'PAYMENT1', other.merchantRefundId, 100n);
    expect(await queryAfter(60, refund)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'INNER', message: 'inner no' },
    });
    expect(await queryAfter(60, other)).toMatchObject({ status: 'PROCESSING', failure: null });
    expect(tipay.sent).toHaveLength(2);
  });

  test('an id that the provider calls used, and does not show for our payment, is never given up or free', async () => {
    madeElsewhere(bluepay, 'PAYMENT2', 'TAKEN', 5n);
    const theirs = bluepay.book.get('TAKEN');
    if (theirs !== undefined) theirs.status = 'SUCCEEDED';
    const refund = await here.make(bluepay, { merchantRefundId: 'TAKEN' });
    expect(await outcomes(refund)).toEqual(['CREATE known']);
    expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'PENDING', failure: null });
    expect(await here.create(bluepay, { merchantRefundId: 'FREE' })).toMatchObject({ kind: 'busy' });
    expect(bluepay.sent).toEqual(['TAKEN']);
  });
});
