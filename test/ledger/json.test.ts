/** Promise: what earlier versions wrote into the ledger is read by this one. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { onUnreadableDetails, readDetails } from '../../src/ledger/json/details.ts';
import { pageEvents } from '../../src/ledger/events.ts';
import { NO_CONDITIONS } from '../../src/refunds/filter.ts';
import { accountKey, merchantRefundId, type RefundRef } from '../../src/refunds/ids.ts';
import type { RefundObservation } from '../../src/refunds/observation.ts';
import { observe } from '../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { pageRefunds } from '../support/refund-page.ts';

const REF = { account: accountKey('chain'), merchantRefundId: merchantRefundId('R1') };

test("details of TiPay's refunds from before SUSPEND was told apart need nobody's action", () => {
  const old = {
    provider: 'TIPAY',
    uniqueOrderNo: 'Q1',
    realRefundAmount: null,
    cashRefundAmount: null,
    fundingAccounts: [],
    channelReceiverInfo: null,
  };
  expect(readDetails(old, REF)).toStrictEqual({ ...old, actionNeeded: false });
  expect(readDetails({ ...old, actionNeeded: true }, REF)).toMatchObject({ actionNeeded: true });
});

describeOnEachDatabase('a stored refund whose details can not be read', (database) => {
  const account = { key: accountKey('blue'), provider: 'BLUEPAY', retryFailed: false } as const;
  const told = (id: string, more: Partial<RefundObservation> = {}): RefundObservation => ({
    provider: 'BLUEPAY',
    merchantRefundId: merchantRefundId(id),
    providerRefundId: null,
    merchantPaymentId: null,
    providerPaymentId: null,
    paymentAmount: null,
    amount: { minorUnits: 100n, currency: 'THB' },
    feeRefunded: null,
    status: 'PROCESSING',
    providerStatus: 'PENDING',
    reason: null,
    failure: null,
    createdAt: new Date('2026-05-01T00:00:00Z'),
    completedAt: null,
    details: { provider: 'BLUEPAY', originalTransactionId: `T${id}`, failedCode: null },
    raw: id,
    ...more,
  });

  test('is shown without them beside its neighbours, is named, goes on, and keeps what it has', async () => {
    const ledger = await database.open();
    const at = { via: 'QUERY', at: new Date('2026-05-02T00:00:00Z') } as const;
    await observe(
      ledger,
      account,
      ['R1', 'R2', 'R3'].map((id) => told(id)),
      at,
    );
    const odd = { provider: 'BLUEPAY', ofAnotherVersion: true };
    await sql`update refunds set details = ${JSON.stringify(odd)}::jsonb where merchant_refund_id = 'R2'`.execute(
      ledger.db,
    );

    const heard: RefundRef[] = [];
    const stop = onUnreadableDetails((ref) => heard.push(ref));
    const page = {
      accounts: [account.key],
      conditions: NO_CONDITIONS,
      direction: 'ASC',
      after: null,
      limit: 10,
    } as const;
    const rows = await pageRefunds(ledger.db, page);
    expect(rows.map(({ merchantRefundId: id, details }) => [id, details !== null])).toEqual([
      ['R1', true],
      ['R2', false],
      ['R3', true],
    ]);
    expect(heard).toEqual([{ account: 'blue', merchantRefundId: 'R2' }]);
    const ref = { account: account.key, merchantRefundId: merchantRefundId('R2') };
    const events = await pageEvents(ledger.db, ref, { direction: 'ASC', after: null, limit: 10 });
    expect(events).toMatchObject([{ status: 'PROCESSING', living: { refund: { details: null } } }]);
    stop();

    await observe(ledger, account, [told('R2', { status: 'SUCCEEDED', details: null })], { ...at, via: 'CALLBACK' });
    const { rows: kept } = await sql<{ status: string; details: unknown }>`
      select status, details from refunds where merchant_refund_id = 'R2'`.execute(ledger.db);
    expect(kept).toEqual([{ status: 'SUCCEEDED', details: odd }]);
    expect(heard).toHaveLength(2);
  });
});
