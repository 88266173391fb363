/**
 * Promise: a server whose PostgreSQL can be read and not be written is not ready, and tells callers and
 * providers to come again. A start that may not do what it must ends with a sentence. Skipped without
 * PostgreSQL.
 */
import { createServer } from 'node:net';
import pg from 'pg';
import { z } from 'zod';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cloneTemplate, dropDatabase } from '../support/database.ts';
import { startInstance } from '../support/instance.ts';
import { until } from '../support/until.ts';

const server = process.env['TEST_DATABASE_URL'] ?? '';

async function newDatabase(): Promise<{ readonly url: string; readonly run: (sql: string) => Promise<unknown> }> {
  const url = await cloneTemplate(server);
  onTestFinished(() => dropDatabase(url));
  return {
    url,
    run: async (sql) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return await client.query(sql);
      } finally {
        await client.end();
      }
    },
  };
}

/** What a start says that ends by itself. */
const wordsOf = (variables: Readonly<Record<string, string>>): Promise<string> =>
  startInstance({ SANDBOX: 'yes', ...variables }).then(
    async (instance) => {
      await instance.kill();
      throw new Error('the server started');
    },
    (error: unknown) => String(error),
  );

describe.skipIf(server === '')('over PostgreSQL', () => {
  it(
    'a full disk and a read-only database are not ready, and nobody is told of a defect',
    { timeout: 60_000 },
    async () => {
      const database = await newDatabase();
      const instance = await startInstance({ DATABASE_URL: database.url, SANDBOX: 'yes' });
      onTestFinished(() => instance.kill());
      const ready = async () => {
        const response = await fetch(`${instance.url}/health/ready`);
        const { notReady } = z.object({ notReady: z.unknown().optional() }).parse(await response.json());
        return [response.status, notReady];
      };
      const create = async (key: string): Promise<unknown> => {
        const query = `mutation { createRefund(input: { idempotencyKey: "${key}", account: "chain", merchantPaymentId: "ORDERDEMO1",
        amount: { amount: "1", currency: "CNY" } }) { kind: __typename } }`;
        const response = await fetch(`${instance.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        return response.json();
      };
      const UNAVAILABLE = { errors: [{ extensions: { code: 'UNAVAILABLE' } }] };
      expect(await ready()).toEqual([200, undefined]);

      await database.run(`create function no_room() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`);
      await database.run('create trigger no_room before insert on refunds for each row execute function no_room()');
      expect(await create('full')).toMatchObject(UNAVAILABLE);
      expect(await ready()).toEqual([503, ['the disk of the database is full']]);
      await database.run('drop trigger no_room on refunds');
      expect(await create('room')).toMatchObject({ data: { createRefund: { kind: 'CreateRefundSuccess' } } });

      const name = new URL(database.url).pathname.slice(1);
      await database.run(`alter database "${name}" set default_transaction_read_only = on`);
      await database.run(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
      );
      await until(async () => String((await ready())[1]).includes('read-only'));
      expect(await create('only-read')).toMatchObject(UNAVAILABLE);
      expect(instance.said()).not.toContain('a request failed unexpectedly');
    },
  );

  it('a user without rights ends the start with a sentence', { timeout: 60_000 }, async () => {
    const database = await newDatabase();
    const role = `poor_${process.pid}`;
    await database.run('drop schema public cascade; create schema public');
    await database.run(`create role ${role} login`);
    onTestFinished(async () => void (await database.run(`drop owned by ${role}; drop role ${role}`)));
    const url = new URL(database.url);
    url.username = role;
    for (const granted of ['select 1', `grant usage on schema public to ${role}`]) {
      await database.run(granted);
      const said = await wordsOf({ DATABASE_URL: url.href });
      expect(said).toContain('lacks a right');
      expect(said).not.toMatch(/\n\s+at /);
    }
  });
});

it('a database whose encryption can not be trusted ends the start with a sentence', { timeout: 60_000 }, async () => {
  // It agrees to TLS, and then speaks something else.
  const strange = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('S');
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
  });
  await new Promise<void>((resolve) => void strange.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void strange.close());
  const address = strange.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const said = await wordsOf({ DATABASE_URL: `postgres://u@127.0.0.1:${port}/x?sslmode=verify-full` });
  expect(said).toMatch(/can't be trusted \(EPROTO\)/);
  expect(said).not.toMatch(/\n\s+at /);
});
