/**
 * Promise: events of earlier versions, which held the whole refund, keep what they tell when they are made
 * lean: what was, what changed, and who left a list.
 */
import { readdirSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import pg from 'pg';
import { expect, it } from 'vitest';
import { matching } from '../../../src/feed/filter.ts';
import { DurableDialect } from '../../../src/ledger/database/statements/durability.ts';
import { embeddedPool } from '../../../src/ledger/database/pool.ts';
import { pageEvents } from '../../../src/ledger/events.ts';
import type { Tables } from '../../../src/ledger/tables.ts';
import { NO_CONDITIONS, type RefundConditions } from '../../../src/refunds/filter.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';
import { withEmptyDatabase } from '../../support/database.ts';

const CHAIN = accountKey('chain');
const ID = '00000000-0000-7000-8000-000000000001';
const PAYMENT = { merchantPaymentId: 'P1', providerPaymentId: null, amount: null };
/** The refund as the first event of an earlier version held it. */
const FOUND = {
  account: 'chain',
  provider: 'TIPAY',
  merchantRefundId: 'R1',
  providerRefundId: null,
  payment: PAYMENT,
  amount: { minorUnits: '1292', currency: 'CNY' },
  feeRefunded: null,
  status: 'PROCESSING',
  providerStatus: 'PROCESSING',
  reason: 'too small',
  failure: null,
  createdAt: '2026-05-01T08:00:00.000Z',
  createdAtSource: 'PROVIDER',
  completedAt: null,
  observedAt: '2026-05-01T08:00:01.000Z',
  details: null,
  attention: {},
  version: 1,
  updatedAt: '2026-05-01T08:00:01.000Z',
  attempts: 0,
};
const DETAILS = { provider: 'TIPAY', uniqueOrderNo: 'Q1' };
const FAILURE = { code: null, message: 'no', retryable: true };
const HISTORY = [
  ['DISCOVERED', {}],
  [
    'STATUS_CHANGED',
    { status: 'FAILED', failure: FAILURE, completedAt: '2026-05-01T08:01:00.000Z', providerRefundId: 'U1' },
  ],
  ['DETAILS_CHANGED', { details: DETAILS, payment: { ...PAYMENT, amount: { minorUnits: '5000', currency: 'CNY' } } }],
  ['DETAILS_CHANGED', { payment: { ...PAYMENT, providerPaymentId: 'Q1' } }],
  ['ATTENTION_CHANGED', { attention: { DENIED: '2026-05-02T00:00:00.000Z' } }],
] as const;

async function migrate(db: Kysely<unknown>, which: (name: string) => boolean): Promise<void> {
  for (const name of readdirSync('src/ledger/database/migrations').toSorted().filter(which)) {
    const step: Migration = await import(`../../../src/ledger/database/migrations/${name}`);
    await db.transaction().execute((tx) => step.up(tx));
  }
}

const isEarlier = (name: string): boolean => name < '0015';

async function writeHistory(db: Kysely<unknown>): Promise<void> {
  await sql`insert into payments (id, account_key, merchant_payment_id, provider_payment_id)
    values (${ID}, 'chain', 'P1', 'Q1')`.execute(db);
  await sql`insert into refunds (id, account_key, provider, merchant_refund_id, payment_id, amount_minor, currency,
    status, created_at, created_at_is_ours, attempts, has_left_failed, revision, version)
    values (${ID}, 'chain', 'TIPAY', 'R1', ${ID}, 1292, 'CNY', 'FAILED', now(), false, 0, false, 1, 5)`.execute(db);
  let whole: { readonly status: string } = FOUND;
  for (const [nth, [type, change]] of HISTORY.entries()) {
    const previous = nth === 0 ? null : whole.status;
    whole = { ...whole, ...change };
    const snapshot = JSON.stringify({ ...whole, version: nth + 1 });
    await sql`insert into refund_events (refund_id, account_key, type, previous_status, status, via, recorded_at, snapshot)
      values (${ID}, 'chain', ${type}, ${previous}, ${whole.status}, 'POLL', now(), ${snapshot}::jsonb)`.execute(db);
  }
}

async function expectLean(db: Kysely<Tables>): Promise<void> {
  const ref = { account: CHAIN, merchantRefundId: merchantRefundId('R1') };
  const events = await pageEvents(db, ref, { direction: 'ASC', after: null, limit: 9 });
  expect(events.map(({ snapshot }) => snapshot.version)).toEqual([1, 2, 3, 4, 5]);
  expect(events.map(({ changes }) => changes)).toEqual([
    [],
    ['status', 'providerRefundId', 'failure', 'completedAt'],
    ['payment', 'details'],
    ['payment'],
    ['attention'],
  ]);
  const [found, failed, , paid, denied] = events;
  const amount = { minorUnits: 1292n, currency: 'CNY' };
  const createdAt = new Date(FOUND.createdAt);
  expect(found).toMatchObject({
    before: null,
    snapshot: { status: 'PROCESSING', reason: 'too small', amount, createdAt },
  });
  expect(failed).toMatchObject({
    before: { status: 'PROCESSING', providerRefundId: null, failure: null, completedAt: null },
    snapshot: {
      status: 'FAILED',
      providerRefundId: 'U1',
      failure: FAILURE,
      completedAt: new Date('2026-05-01T08:01:00Z'),
    },
  });
  expect(paid).toMatchObject({
    before: { payment: PAYMENT },
    snapshot: { payment: { ...PAYMENT, providerPaymentId: 'Q1' } },
  });
  expect(denied).toMatchObject({ before: { attention: {} }, snapshot: { attention: { DENIED: expect.any(Date) } } });

  const letThrough = async (conditions: Partial<RefundConditions>) => {
    const filter = { accounts: [CHAIN], conditions: { ...NO_CONDITIONS, ...conditions } };
    const rows = await db
      .selectFrom('refund_events')
      .select('type')
      .where(matching(filter))
      .orderBy('number')
      .execute();
    return rows.map(({ type }) => type);
  };
  expect(await letThrough({ statuses: ['PROCESSING'] })).toEqual(['DISCOVERED', 'STATUS_CHANGED']);
  expect(await letThrough({ needsAttention: false })).toHaveLength(5);
  expect(await letThrough({ needsAttention: true })).toEqual(['ATTENTION_CHANGED']);
  expect(await letThrough({ providerPaymentId: 'Q1' })).toEqual(['DETAILS_CHANGED', 'ATTENTION_CHANGED']);
  const { rows } = await sql<{ whole: number }>`select count(*)::int as whole from refund_events
    where snapshot ?| array['account', 'details', 'status', 'observedAt']`.execute(db);
  expect(rows).toEqual([{ whole: 0 }]);
}

async function upgrade(pool: pg.Pool): Promise<void> {
  const old = new Kysely<unknown>({ dialect: new DurableDialect(pool) });
  await migrate(old, isEarlier);
  await writeHistory(old);
  await migrate(old, (name) => !isEarlier(name));
  await expectLean(new Kysely<Tables>({ dialect: new DurableDialect(pool) }));
}

it('embedded', { timeout: 60_000 }, async () => {
  const lite = await PGlite.create();
  const pool = embeddedPool(lite);
  await expect(upgrade(pool)).resolves.toBeUndefined();
  await pool.end();
  await lite.close();
});

const server = process.env['TEST_DATABASE_URL'];

it.skipIf(server === undefined || server === '')('PostgreSQL', { timeout: 60_000 }, async () => {
  await withEmptyDatabase(server ?? '', async (databaseUrl) => {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    await expect(upgrade(pool)).resolves.toBeUndefined();
    await pool.end();
  });
});
