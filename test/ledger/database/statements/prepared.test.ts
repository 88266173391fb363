/** Statements that PostgreSQL knows by name: planned once, and anew after a migration by another server. */
import { sql } from 'kysely';
import pg from 'pg';
import { expect, it, test } from 'vitest';
import { inTransaction, type Db } from '../../../../src/ledger/database/database.ts';
import { createStatementNames } from '../../../../src/ledger/database/statements/prepared.ts';
import { selectStored } from '../../../../src/ledger/refund/stored-refund.ts';
import { describeOnEachDatabase } from '../../../support/database.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';
const ask = (db: Db) => selectStored(db).where('refunds.id', '=', NOBODY).execute();

describeOnEachDatabase('a statement with parameters', (database) => {
  it('is planned once for a connection', async () => {
    const { db } = await database.open();
    await db.connection().execute(async (one) => {
      for (let times = 0; times < 3; times += 1) await ask(one);
      const { rows } = await sql<{ calls: bigint }>`
        select generic_plans + custom_plans as calls from pg_prepared_statements
        where statement like '%"refunds".*%' and statement like '%"refunds"."id" = $1%'`.execute(one);
      expect(rows.map(({ calls }) => Number(calls))).toContain(3);
    });
  });

  it('is asked again where a migration made its plan outdated, also in a transaction', async () => {
    const ledger = await database.open();
    const { db } = ledger;
    await ask(db);
    try {
      await sql`alter table refunds add column of_a_newer_version text`.execute(db);
      expect(await ask(db)).toEqual([]);
      await ask(db);
      await sql`alter table refunds drop column of_a_newer_version`.execute(db);
      expect(await inTransaction(ledger, (tx) => ask(tx))).toEqual([]);
    } finally {
      await sql`alter table refunds drop column if exists of_a_newer_version`.execute(db);
    }
  });
});

const server = process.env['TEST_DATABASE_URL'] ?? '';
test.skipIf(server === '')('behind a pooler, which tells another process, no statement has a name', async () => {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const [direct, pooled, forced] = [
    createStatementNames('auto'),
    createStatementNames('auto'),
    createStatementNames('yes'),
  ];
  await direct.connected(client);
  Object.assign(client, { processID: 1 });
  await pooled.connected(client);
  await forced.connected(client);
  await client.end();
  const names = [direct, pooled, forced].map((each) => each.nameOf(client, 'select $1'));
  expect(names).toEqual([expect.any(String), null, expect.any(String)]);
});
