/** An old database, with data, is met by ten servers that start at once. */
import { PGlite } from '@electric-sql/pglite';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import type pg from 'pg';
import * as firstMigration from '../../src/ledger/database/migrations/0001-ledger.ts';
import { embeddedPool, postgresPool } from '../../src/ledger/database/pool.ts';
import { openClients } from './clients.ts';
import { prepareFleet } from './fleet.ts';
import { readLedger } from './ledger.ts';
import { makePlace, type DatabaseKind } from './place.ts';
import type { Instance } from './servers.ts';

const STARTERS = 10;
const REFUNDS = 1_000;

export interface OldDatabaseResult {
  readonly seconds: number;
  /** How many of the starters serve in the end: all, or the one that has the data folder. */
  readonly serving: number;
  readonly problems: readonly string[];
}

/** Plays it. */
export async function bringUpOldDatabase(kind: DatabaseKind, seed: number): Promise<OldDatabaseResult> {
  const place = await makePlace(kind, `old_${seed}`);
  const fleet = await prepareFleet(place, STARTERS, seed);
  try {
    await makeOld(place.ledger);
    const began = Date.now();
    const starts = await Promise.allSettled(fleet.instances.map((instance) => instance.start().ready));
    const seconds = (Date.now() - began) / 1000;
    const serving = fleet.instances.filter((instance) => instance.isReady());
    const refused = starts.filter(
      (start) => start.status === 'rejected' && String(start.reason).includes('in use by another'),
    );
    const expected = kind === 'postgres' ? [STARTERS, 0] : [1, STARTERS - 1];
    const problems: string[] = [];
    if (serving.length !== expected[0] || refused.length !== expected[1]) {
      problems.push(
        `of ${STARTERS} starters ${serving.length} serve, ${refused.length} were told that the folder is in use`,
      );
    }
    problems.push(...(await countAll(fleet.urls, serving)));
    await Promise.all(serving.map((instance) => instance.stop()));
    const { refunds, broken } = await readLedger(place.ledger);
    if (refunds.length !== REFUNDS) problems.push(`${refunds.length} of ${REFUNDS} refunds are left`);
    return { seconds, serving: serving.length, problems: [...problems, ...broken] };
  } finally {
    await Promise.all(fleet.instances.map((instance) => instance.end()));
    await fleet.standIn.close();
    await place.clear(false);
  }
}

async function countAll(urls: readonly string[], serving: readonly Instance[]): Promise<readonly string[]> {
  const clients = openClients(urls);
  const counts = await Promise.all(serving.map(({ number }) => clients.count(number)));
  return counts.flatMap((count, nth) =>
    count.get('SUCCEEDED') === REFUNDS ? [] : [`starter ${nth} counts ${JSON.stringify([...count])}`],
  );
}

/** Tables of the first version, with refunds that a list made known. */
async function makeOld(place: Awaited<ReturnType<typeof makePlace>>['ledger']): Promise<void> {
  if ('databaseUrl' in place) {
    const pool = postgresPool(place.databaseUrl, { max: 1 });
    await fill(pool);
    await pool.end();
    return;
  }
  mkdirSync(place.dataDir, { recursive: true });
  const lite = await PGlite.create(join(place.dataDir, 'ledger'));
  const pool = embeddedPool(lite);
  await fill(pool);
  await pool.end();
  await lite.close();
}

async function fill(pool: pg.Pool): Promise<void> {
  const migrator = new Migrator({
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
    provider: { getMigrations: () => Promise.resolve({ '0001-ledger': firstMigration }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error('the first version could not be installed', { cause: error });
  for (const statement of OLD_ROWS) await pool.query(statement);
}

const OLD_ROWS = [
  `insert into payments (id, account_key, merchant_payment_id, amount_minor, currency)
    select gen_random_uuid(), 'chain', 'OLD' || n, 10000, 'CNY' from generate_series(1, ${REFUNDS}) n`,
  `insert into refunds (id, account_key, provider, merchant_refund_id, payment_id, amount_minor, currency, status, created_at,
      created_at_is_ours, completed_at, observed_at, attempts, has_left_failed, revision)
    select gen_random_uuid(), 'chain', 'TIPAY', 'R' || merchant_payment_id, id, 1292, 'CNY', 'SUCCEEDED', now(), false, now(),
      now(), 0, false, 1 from payments`,
  `insert into refund_events (refund_id, account_key, type, status, via, recorded_at, snapshot)
    select id, account_key, 'DISCOVERED', status, 'POLL', now(), jsonb_build_object('account', account_key, 'status', status,
      'merchantRefundId', merchant_refund_id, 'amount', jsonb_build_object('minorUnits', amount_minor::text)) from refunds`,
  `insert into provider_records (refund_id, raw, digest, via, received_at)
    select id, '{}', 'digest', 'POLL', now() from refunds`,
];
