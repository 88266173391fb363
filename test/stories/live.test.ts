/**
 * Promise: whichever servers are killed, a client that goes on from its cursor gets every event, in order,
 * once.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { cloneTemplate, dropDatabase, prepareDataDir } from '../support/database.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { subscribe, TRANSPORTS, type Subscribed, type Transport } from '../support/live-clients.ts';
import type { GraphqlAnswer } from '../support/server.ts';
import { until } from '../support/until.ts';

const EVENT = 'cursor type status recordedAt snapshot { version status } refund { id }';
const FOLLOW = `subscription ($after: EventCursor, $filter: RefundFilter) {
  refundEvents(after: $after, filter: $filter) { ${EVENT} }
}`;
const READ = `query ($after: EventCursor, $filter: RefundFilter) {
  refundEvents(first: 100, after: $after, filter: $filter) { nodes { ${EVENT} } pageInfo { hasNextPage endCursor } }
}`;
const CREATE = `mutation ($input: CreateRefundInput!) { createRefund(input: $input) { kind: __typename } }`;
const LIST = `query ($after: String) { refunds(first: 2, after: $after, filter: { accounts: ["chain"] }) {
  eventCursor nodes { id version } pageInfo { endCursor } } }`;
const FILTERS = [null, { statuses: ['SUCCEEDED'] }, { accounts: ['chain'] }] as const;

interface Following {
  readonly transport: Transport;
  readonly filter: (typeof FILTERS)[number];
  readonly after: string;
  readonly subscribed: Subscribed;
}

const postgres = process.env['TEST_DATABASE_URL'];

describe.each(['embedded', ...(postgres === undefined || postgres === '' ? [] : ['PostgreSQL'])])('%s', (database) => {
  let sandbox: Sandbox;
  let folder: string;
  let databaseUrl: string | null = null;
  const alive: Instance[] = [];

  beforeEach(async () => {
    sandbox = await startSandbox({ life: { processingAfterMs: 20, doneAfterMs: 100 } });
    folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
    if (database === 'embedded') await prepareDataDir(folder);
    databaseUrl = database === 'PostgreSQL' ? await cloneTemplate(postgres ?? '') : null;
    const reconciliation = { pausesSeconds: [0.2, 0.4, 0.8, 1, 1, 1, 2], lateArrivalSeconds: 0.3, sweepSeconds: 1 };
    writeFileSync(
      join(folder, 'config.json'),
      JSON.stringify({ ...sandbox.config, reconciliation, mirror: { enabled: false } }),
    );
  }, 120_000);
  afterEach(async () => {
    await Promise.all(alive.splice(0).map((instance) => instance.stop()));
    await sandbox.close();
    if (databaseUrl !== null) await dropDatabase(databaseUrl);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const start = async (): Promise<void> => {
    const variables = { REFUNDS_CONFIG: join(folder, 'config.json'), DATA_DIR: folder };
    alive.push(await startInstance({ ...variables, ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }) }));
  };
  /** On the embedded database there is one server: the next one can only start when it is gone. */
  const replaceOldest = async (): Promise<void> => {
    if (database === 'PostgreSQL') await start();
    await alive.shift()?.kill();
    if (database === 'embedded') await start();
  };
  /** Somewhere else than the last time, when there is somewhere else. */
  let turn = 0;
  const anyUrl = (): string => `${alive[turn++ % Math.max(alive.length, 1)]?.url ?? 'http://127.0.0.1:1'}/graphql`;
  const ask = async (query: string, variables: object = {}): Promise<GraphqlAnswer> => {
    const response = await fetch(anyUrl(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };

  function follow(transport: Transport, filter: (typeof FILTERS)[number], after: string): Following {
    const variables: Record<string, unknown> = { after, filter };
    const onResult = ({ data }: { readonly data?: { readonly refundEvents: { readonly cursor: string } } }) =>
      (variables['after'] = data?.refundEvents.cursor);
    const subscribed = subscribe({ transport, url: anyUrl, query: FOLLOW, variables, retries: 10_000, onResult });
    return { transport, filter, after, subscribed };
  }

  async function create(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const input = {
        idempotencyKey: crypto.randomUUID(),
        account: 'chain',
        merchantPaymentId: 'ORDERDEMO1',
        amount: { amount: '0.01', currency: 'CNY' },
      };
      expect((await ask(CREATE, { input })).data.createRefund).toEqual({ kind: 'CreateRefundSuccess' });
    }
  }

  async function log(after: string, filter: Following['filter']): Promise<readonly unknown[]> {
    const events: unknown[] = [];
    for (let from = after; ;) {
      const { nodes, pageInfo } = (await ask(READ, { after: from, filter })).data.refundEvents;
      events.push(...nodes);
      if (pageInfo.hasNextPage !== true) return events;
      from = pageInfo.endCursor;
    }
  }

  test('clients go on from their cursors at whichever server is left', { timeout: 180_000 }, async () => {
    await start();
    if (database === 'PostgreSQL') await start();
    const { latestEventCursor: beginning } = (await ask('{ latestEventCursor }')).data;
    const followers = TRANSPORTS.flatMap((transport) => FILTERS.map((filter) => follow(transport, filter, beginning)));

    const listed: { readonly rows: readonly { id: string; version: number }[]; readonly after: string }[] = [];

    for (let round = 0; round < 2; round += 1) {
      await create(4);
      const { latestEventCursor } = (await ask('{ latestEventCursor }')).data;
      followers.push(...TRANSPORTS.map((transport) => follow(transport, null, latestEventCursor)));
      const { refunds: page } = (await ask(LIST)).data;
      await create(2);
      const { refunds: next } = (await ask(LIST, { after: page.pageInfo.endCursor })).data;
      expect(next.eventCursor).toBe(page.eventCursor);
      followers.push(...TRANSPORTS.map((transport) => follow(transport, FILTERS[2], next.eventCursor)));
      listed.push({ rows: [...page.nodes, ...next.nodes], after: next.eventCursor });
      await replaceOldest();
    }
    await create(2);
    await until(async () => (await log(beginning, { statuses: ['SUCCEEDED'] })).length === 14, 60_000);

    for (const { transport, filter, after, subscribed } of followers) {
      const expected = await log(after, filter);
      await until(() => subscribed.results.length >= expected.length, 30_000);
      const told = subscribed.results.map(({ data }) => data?.refundEvents);
      expect(told, `${transport} from ${after}`).toEqual(expected);
      expect(subscribed.ended()).toBeNull();
      subscribed.leave();
    }
    // A row of a list and the events behind the list's cursor make the refund's whole history.
    for (const { rows, after } of listed) {
      const heard = followers.find((follower) => follower.after === after)?.subscribed.results ?? [];
      const events = heard.map(({ data }) => data?.refundEvents);
      for (const { id, version } of rows) {
        const { node } = (await ask('query ($id: ID!) { node(id: $id) { ... on Refund { version } } }', { id })).data;
        const versions = events.filter(({ refund }) => refund.id === id).map(({ snapshot }) => snapshot.version);
        const missing = Array.from({ length: node.version - version }, (_, index) => version + 1 + index);
        expect(versions).toEqual(expect.arrayContaining(missing));
        expect(versions).toHaveLength(new Set(versions).size);
      }
    }
  });
});
