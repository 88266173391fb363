/**
 * Promise: refunds of an older ledger keep their history when it is brought up to date, and it holds every
 * invariant after.
 */
import { PGlite } from '@electric-sql/pglite';
import { expect, it } from 'vitest';
import * as attention from '../../../src/ledger/database/migrations/0011-attention.ts';
import * as accounts from '../../../src/ledger/database/migrations/0012-accounts.ts';
import * as first from '../../../src/ledger/database/migrations/0001-ledger.ts';
import { Kysely } from 'kysely';
import { embeddedPool } from '../../../src/ledger/database/pool.ts';
import { DurableDialect } from '../../../src/ledger/database/statements/durability.ts';

it('numbers the events of each refund, and tells callbacks from answers', async () => {
  const lite = await PGlite.create();
  const pool = embeddedPool(lite);
  const db = new Kysely<unknown>({ dialect: new DurableDialect(pool) });
  await first.up(db);
  const refund = (id: string) => `insert into refunds (id, account_key, provider, merchant_refund_id, amount_minor,
    currency, status, created_at, created_at_is_ours, attempts, has_left_failed, revision)
    values ('00000000-0000-0000-0000-00000000000${id}', 'chain', 'TIPAY', 'R${id}', 5, 'CNY', 'SUCCEEDED', now(),
    ${id === '1'}, 0, false, 1)`;
  const event = (id: string, type: string, [previous, via, second]: readonly [string, string, number]) =>
    `insert into refund_events (refund_id, account_key, type, previous_status, status, via, recorded_at, snapshot)
    values ('00000000-0000-0000-0000-00000000000${id}', 'chain', '${type}', ${previous}, 'SUCCEEDED', '${via}',
    '2026-06-01T00:00:0${second}.250Z', '{"status": "SUCCEEDED"}')`;
  await lite.exec(
    [
      refund('1'),
      refund('2'),
      event('1', 'DISCOVERED', ['null', 'CALLBACK', 1]),
      event('2', 'DISCOVERED', ['null', 'CALLBACK', 2]),
      event('2', 'DETAILS_CHANGED', [`'SUCCEEDED'`, 'QUERY', 3]),
      event('1', 'DETAILS_CHANGED', [`'SUCCEEDED'`, 'CALLBACK', 4]),
    ].join(';'),
  );
  await attention.up(db);
  await accounts.up(db);
  const { rows: refunds } = await lite.query(
    `select merchant_refund_id as id, version, updated_at as at, is_answered as answered, attention from refunds order by 1`,
  );
  expect(refunds).toEqual([
    { id: 'R1', version: 2, at: expect.anything(), answered: false, attention: {} },
    { id: 'R2', version: 2, at: expect.anything(), answered: true, attention: {} },
  ]);
  const { rows: events } = await lite.query<{ snapshot: unknown }>(
    `select snapshot from refund_events order by number`,
  );
  const more = { status: 'SUCCEEDED', attempts: 0, attention: {} };
  expect(events.map(({ snapshot }) => snapshot)).toEqual([
    { ...more, version: 1, createdAtSource: 'SERVER', updatedAt: '2026-06-01T00:00:01.250Z' },
    { ...more, version: 1, createdAtSource: 'PROVIDER', updatedAt: '2026-06-01T00:00:02.250Z' },
    { ...more, version: 2, createdAtSource: 'PROVIDER', updatedAt: '2026-06-01T00:00:03.250Z' },
    { ...more, version: 2, createdAtSource: 'SERVER', updatedAt: '2026-06-01T00:00:04.250Z' },
  ]);
  const { rows } = await lite.query(`select * from accounts`);
  expect(rows).toEqual([{ key: 'chain', provider: 'TIPAY', display_name: 'chain', currency: 'CNY', time_zone: 'UTC' }]);
  await pool.end();
  await lite.close();
}, 60_000);
