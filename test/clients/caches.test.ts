/**
 * Promise: the frontends of docs/frontend.md work as they are printed, and their normalised caches never go
 * back: not while an old page of a timeline is opened, nor when a refund leaves a filtered list.
 */
import { isScalarType, isSpecifiedScalarType } from 'graphql';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { schema } from '../../src/graphql/schema.ts';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';
import { writeSnippets } from './snippets.ts';
import { TIMELINES } from './timelines.ts';

let server: ServerUnderTest;
const snippets = writeSnippets(TIMELINES);
beforeAll(async () => {
  server = await startServerUnderTest({
    sandbox: { refundsPerProvider: 25, life: { processingAfterMs: 800, doneAfterMs: 2_000 } },
    reconciliation: { pausesSeconds: [0.3, 0.5, 1, 1], lateArrivalSeconds: 0.3, sweepSeconds: 1 },
  });
}, 60_000);
afterAll(async () => {
  snippets.remove();
  await server.stop();
});

const rowsOf = z.array(z.object({ id: z.string(), version: z.number(), status: z.string() }));
const made = z.object({ refund: z.object({ id: z.string() }) });
const OPEN = { accounts: ['chain'], statuses: ['PENDING', 'PROCESSING'] };
const DONE = { accounts: ['chain'], statuses: ['SUCCEEDED'] };
const ALL = { accounts: ['chain'] };

const CLIENTS = [
  ['Apollo Client', 'apollo.js', 'apollo-timeline.js'],
  ['urql', 'urql.js', 'urql-timeline.js'],
  ['Relay', 'Refunds.js', 'Refunds-timeline.js'],
] as const;

test.for(CLIENTS)('%s: a row never goes back, and leaves the list whose filter it no longer meets', async (names) => {
  const [client, printed, beside] = names;
  const complaints = (['log', 'warn', 'error', 'debug'] as const).map((level) => vi.spyOn(console, level));
  const [{ connect }, { open, list, create }, { openTimeline, follow }] = await Promise.all(
    ['live.js', printed, beside].map(snippets.load),
  );
  const sockets = connect(`${server.url.replace('http', 'ws')}/graphql`);
  const environment = open(`${server.url}/graphql`, sockets);
  const panels: Record<string, z.infer<typeof rowsOf>[]> = { open: [], done: [], all: [] };
  const panel = (name: string, filter: object) =>
    list(environment, filter, (rows: unknown) => panels[name]?.push(rowsOf.parse(rows)));
  const leaves = [await panel('open', OPEN), await panel('done', DONE), await panel('all', ALL)];
  const input = {
    idempotencyKey: `form of ${client}`,
    account: 'chain',
    merchantPaymentId: 'ORDERDEMO1',
    amount: { amount: '0.01', currency: 'CNY' },
  };
  const { id } = made.parse(await create(environment, input)).refund;
  leaves.push(follow(environment, id));
  const shows = (name: string) => panels[name]?.at(-1)?.some((row) => row.id === id) ?? false;
  await until(() => shows('open') && shows('all'));
  await until(async () => {
    await openTimeline(environment, id);
    return shows('done') && !shows('open');
  });
  await openTimeline(environment, id);

  const seen = (panels['all'] ?? []).flatMap((rows) => rows.filter((row) => row.id === id));
  const versions = seen.map(({ version }) => version);
  expect(versions).toEqual(versions.toSorted((one, other) => one - other));
  expect(seen.at(-1)).toMatchObject({ status: 'SUCCEEDED' });
  expect(panels['all']?.at(-1)).toEqual(panels['done']?.at(-1));
  for (const name of ['done', 'all']) {
    const ids = panels[name]?.at(-1)?.map((row) => row.id) ?? [];
    expect(new Set(ids).size).toBe(ids.length);
  }
  for (const leave of leaves) leave();
  await sockets.dispose();
  for (const complaint of complaints) expect(complaint).not.toHaveBeenCalled();
});

test.for(CLIENTS)('%s: shows the next page behind the first, and keeps both when a page fails', async ([, printed]) => {
  const [{ connect }, { open, list, more }] = await Promise.all(['live.js', printed].map(snippets.load));
  const sockets = connect(`${server.url.replace('http', 'ws')}/graphql`);
  const environment = open(`${server.url}/graphql`, sockets);
  const filter = { accounts: ['library'] };
  const shown: string[][] = [];
  const ends: string[] = [];
  const leave = await list(environment, filter, (rows: unknown, pageInfo: unknown) => {
    shown.push(rowsOf.parse(rows).map(({ id }) => id));
    ends.push(z.object({ endCursor: z.string() }).parse(pageInfo).endCursor);
  });
  await until(() => shown.at(-1)?.length === 20);
  const end = ends.at(-1);
  await more(environment, filter, end);
  await until(() => (shown.at(-1)?.length ?? 0) > 20);
  const both = shown.at(-1);
  await expect(more(environment, filter, 'bad')).rejects.toThrow('after');
  expect(shown.at(-1)).toEqual(both);
  expect(new Set(both).size).toBe(both?.length);
  leave();
  await sockets.dispose();
});

test('the map of the scalars has each of them', () => {
  const [, map = ''] = /```json\n(.*?)```/su.exec(readFileSync('docs/frontend.md', 'utf8')) ?? [];
  const scalars = Object.values(schema.getTypeMap())
    .filter(isScalarType)
    .filter((type) => !isSpecifiedScalarType(type));
  expect(Object.keys(JSON.parse(map)).toSorted()).toEqual(scalars.map(({ name }) => name).toSorted());
});
