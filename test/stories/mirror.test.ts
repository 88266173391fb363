/**
 * Promise: the server copies Shoutu's list, so that every filter is answered whole, sums agree, and refunds
 * made elsewhere become events.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { subscribe } from '../support/live-clients.ts';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({
    mirror: { pauseSeconds: 1, pagesPerSecond: 50 },
    reconciliation: { pausesSeconds: [0.5, 1], sweepSeconds: 1 },
    sandbox: { life: { processingAfterMs: Infinity, doneAfterMs: Infinity } },
  });
}, 60_000);
afterAll(async () => {
  await server.stop();
});

async function eventually<Value>(read: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  let value = await read();
  await until(async () => holds(value) || holds((value = await read())), 30_000);
  return value;
}

const MIRROR = '{ accounts { key health { mirror { state copied total completedAt asOf } } } }';
const mirrors = async () => {
  const { data } = await server.ask(MIRROR);
  return data.accounts.map(({ key, health }: { key: string; health: { mirror: unknown } }) => [key, health.mirror]);
};
const copied = () => eventually(mirrors, ([[, library]]) => library.state === 'COMPLETE');

test('accounts.health tells how far the copy is, and that the others have none', { timeout: 60_000 }, async () => {
  expect(await copied()).toEqual([
    [
      'library',
      { state: 'COMPLETE', copied: 240, total: 240, completedAt: expect.any(String), asOf: expect.any(String) },
    ],
    ['blue', null],
    ['chain', null],
  ]);
});

test(
  'a filter that Shoutu has no code for is answered whole, and its sum is that of the list',
  { timeout: 60_000 },
  async () => {
    await copied();
    const filter = {
      accounts: ['library'],
      createdAt: { gte: '2020-01-01T00:00:00Z' },
      statuses: ['SUCCEEDED', 'FAILED'],
    };
    const query = `query ($filter: RefundFilter, $after: String) {
    refunds(filter: $filter, first: 100, after: $after) {
      nodes { status amount { minorUnits } } pageInfo { hasNextPage endCursor } totalCount
      sources { origin complete totalCount failure { code } }
    }
    refundSummary(filter: $filter, groupBy: [ACCOUNT, STATUS]) { account { key } provider status day count amount { minorUnits currency } }
  }`;
    const nodes: { status: string; amount: { minorUnits: string } }[] = [];
    let answer = await server.ask(query, { filter });
    for (;;) {
      const { refunds } = answer.data;
      expect(refunds.sources).toMatchObject([{ origin: 'LEDGER', complete: true, failure: null }]);
      nodes.push(...refunds.nodes);
      if (!refunds.pageInfo.hasNextPage) break;
      answer = await server.ask(query, { filter, after: refunds.pageInfo.endCursor });
    }
    expect(nodes).toHaveLength(answer.data.refunds.totalCount);
    const rows = ['FAILED', 'SUCCEEDED'].map((status) => {
      const own = nodes.filter((node) => node.status === status);
      const sum = own.reduce((total, { amount }) => total + BigInt(amount.minorUnits), 0n);
      return {
        account: { key: 'library' },
        provider: null,
        status,
        day: null,
        count: own.length,
        amount: { minorUnits: sum.toString(), currency: 'CNY' },
      };
    });
    expect(answer.data.refundSummary).toEqual(rows);
  },
);

test(
  'the first whole copy is history: in each timeline, passed over by the feed, and followed from',
  { timeout: 60_000 },
  async () => {
    await copied();
    const list = `{ refunds(first: 5, read: LEDGER, filter: { accounts: ["library"] }) { nodes { id version
      events(first: 9) { nodes { cursor type via snapshot { version } } } } }
      refundEvents(first: 100) { nodes { via } } copies: refundEvents(first: 100, via: [COPY]) { nodes { via } } }`;
    const { refunds, refundEvents, copies } = (await server.ask(list)).data;
    expect(refunds.nodes).toHaveLength(5);
    for (const { events } of refunds.nodes) {
      expect(events.nodes[0]).toMatchObject({ type: 'DISCOVERED', via: 'COPY', snapshot: { version: 1 } });
    }
    expect([...refundEvents.nodes, ...copies.nodes].map(({ via }) => via)).not.toContain('COPY');

    // Two subscribers, so that the second one joins what the first one follows.
    const UPDATES = 'subscription ($id: ID!) { refundUpdated(id: $id) { via type status } }';
    const [first, second] = refunds.nodes.map(({ id }: { id: string }) =>
      subscribe({ transport: 'SSE', url: `${server.url}/graphql`, query: UPDATES, variables: { id } }),
    );
    for (const { results } of [first, second]) {
      await until(() => Promise.resolve(results.length === 1));
      expect(results[0].data.refundUpdated).toMatchObject({ via: 'COPY', type: 'DISCOVERED' });
    }
    first.leave();
    second.leave();
    const after = refunds.nodes[0].events.nodes[0].cursor;
    const behind = await server.ask(
      'query ($after: EventCursor) { refundEvents(first: 9, after: $after) { nodes { via } } }',
      {
        after,
      },
    );
    expect(behind.errors).toBeUndefined();
  },
);

test('a refund made elsewhere is discovered, and queried until it is finished', { timeout: 60_000 }, async () => {
  await copied();
  const from = (await server.ask('{ latestEventCursor }')).data.latestEventCursor;
  await server.control('/refunds/add', {
    provider: 'SHOUTU',
    merchantRefundId: 'ELSEWHERE1',
    amount: '1292',
    status: 'PROCESSING',
  });
  const events = async () => {
    const { data } = await server.ask(
      `query ($after: EventCursor) { refundEvents(first: 50, after: $after, filter: { merchantRefundId: "ELSEWHERE1" }) { nodes { type status via } } }`,
      { after: from },
    );
    return data.refundEvents.nodes;
  };
  expect(await eventually(events, (nodes) => nodes.length > 0)).toEqual([
    { type: 'DISCOVERED', status: 'PROCESSING', via: 'POLL' },
  ]);
  await server.control('/refunds/move', { provider: 'SHOUTU', refundId: 'ELSEWHERE1', status: 'SUCCEEDED' });
  expect(await eventually(events, (nodes) => nodes.length > 1)).toMatchObject([
    {},
    { type: 'STATUS_CHANGED', status: 'SUCCEEDED' },
  ]);
});
