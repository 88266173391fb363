/** Promise: the GraphQL documents of docs/frontend.md do what the page says of them. */
import { parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

const PAGE = readFileSync('docs/frontend.md', 'utf8');
const BLOCKS = Array.from(PAGE.matchAll(/```graphql\n(.*?)```/gsu), ([, block = '']) => block);

/** A document of the page, by the name of its operation. */
function operation(name: string): string {
  const found = BLOCKS.flatMap((block) => parse(block).definitions).find(
    (one) => one.kind === 'OperationDefinition' && one.name?.value === name,
  );
  const { source, start, end } = found?.loc ?? expect.unreachable(`the page has no ${name}`);
  return source.body.slice(start, end);
}

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({
    sandbox: { refundsPerProvider: 25, life: { processingAfterMs: 300, doneAfterMs: 900 } },
    reconciliation: { pausesSeconds: [0.3, 0.5, 1, 1], lateArrivalSeconds: 0.3, sweepSeconds: 1 },
  });
}, 60_000);
afterAll(() => server.stop());

interface Row {
  readonly id: string;
  readonly createdAt: string;
  readonly status: string;
  readonly version: number;
}

/** All rows of a list, page by page. */
async function walk(name: string, variables: Readonly<Record<string, unknown>>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null; ;) {
    const { data, errors } = await server.ask(operation(name), { ...variables, after });
    expect(errors).toBeUndefined();
    rows.push(...data.refunds.nodes);
    if (!data.refunds.pageInfo.hasNextPage) return rows;
    after = data.refunds.pageInfo.endCursor;
  }
}

test('every block can be parsed, and each of its operations is run here', () => {
  const names = BLOCKS.flatMap((block) =>
    parse(block).definitions.map((one) => ('name' in one ? one.name?.value : undefined)),
  );
  expect(names.toSorted()).toEqual(['Before', 'Follow', 'From', 'List']);
});

test('a list that is followed from its `eventCursor` shows what a new one would', { timeout: 60_000 }, async () => {
  const filter = { accounts: ['chain'], statuses: ['PENDING', 'PROCESSING'] };
  const { data, errors } = await server.ask(operation('List'), { filter });
  expect(errors).toBeUndefined();
  const shown = new Map<string, Row>(data.refunds.nodes.map((row: Row) => [row.id, row]));

  // Made after the list was read and before it is followed: it comes, and leaves when it has ended.
  const payment = server.sandbox.examples.TIPAY.payments[0]?.merchantPaymentId;
  const amount = { amount: '0.01', currency: 'CNY' };
  const input = { idempotencyKey: 'followed', account: 'chain', merchantPaymentId: payment, amount };
  const made = await server.ask(
    `mutation ($input: CreateRefundInput!) { createRefund(input: $input) { ... on CreateRefundSuccess { refund { id } } } }`,
    { input },
  );
  const { id } = made.data.createRefund.refund;

  const sockets = createClient({ url: `${server.url.replace('http', 'ws')}/graphql` });
  const came: string[] = [];
  const left: string[] = [];
  const leave = sockets.subscribe<{ refundEvents: { matches: boolean; refund: Row } }>(
    { query: operation('Follow'), variables: { filter, after: data.refunds.eventCursor } },
    {
      next: ({ data: told }) => {
        const { matches, refund } = told?.refundEvents ?? expect.unreachable();
        if (matches && !shown.has(refund.id)) came.push(refund.id);
        if (!matches && shown.has(refund.id)) left.push(refund.id);
        if (matches) shown.set(refund.id, refund);
        else shown.delete(refund.id);
      },
      error: (problem) => expect.unreachable(String(problem)),
      complete: () => undefined,
    },
  );
  await until(() => left.includes(id), 30_000);
  expect(came).toContain(id);
  await until(async () => {
    const now: readonly Row[] = await walk('List', { filter });
    const versions = (rows: Iterable<Row>) => [...rows].map((row) => `${row.id} ${row.version}`).toSorted();
    return JSON.stringify(versions(now)) === JSON.stringify(versions(shown.values()));
  }, 30_000);
  leave();
  await sockets.dispose();
});

test('the lists before a date and from it on are the whole list, without a gap or a repeat', async () => {
  const whole = [...(await walk('Before', { date: '2100-01-01T00:00:00Z' }))];
  const createdAt = whole.map((row) => row.createdAt);
  expect(createdAt).toEqual(createdAt.toSorted().toReversed());
  const { createdAt: date } = whole[Math.floor(whole.length / 2)] ?? expect.unreachable();
  const before = await walk('Before', { date });
  const from = await walk('From', { date });
  expect(before.every((row) => row.createdAt < date)).toBe(true);
  expect(from[0]?.createdAt).toBe(date);
  const ids = [...before, ...from].map((row) => row.id);
  expect(ids.toSorted()).toEqual(whole.map((row) => row.id).toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});
