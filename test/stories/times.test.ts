/**
 * Promise: over real HTTP, a provider's time is read in whatever spelling leaves no doubt. Where none can be
 * read, our own instant is not passed off as the provider's, and a list by time does not say that it is
 * whole; a time that can be read later mends it.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { json, startStub, type StubServer } from '../support/stub-server.ts';

const DAY = `{ gte: "2025-03-01T00:00:00Z", lt: "2025-03-02T00:00:00Z" }`;
const LISTS = `query ($read: ReadPolicy!) {
  all: refunds(first: 20, filter: { accounts: ["library"] }) { nodes { merchantRefundId createdAt completedAt } }
  day: refunds(first: 20, filter: { accounts: ["library"], createdAt: ${DAY} }, read: $read) {
    totalCount nodes { merchantRefundId } sources { origin complete failure { code } }
  }
}`;
const AT = '2025-03-01T02:00:02Z';
const MS = Date.parse(AT);

let stub: StubServer;
let server: ServerUnderTest;
let times: readonly unknown[];
let round = 0;

const record = (createdTime: unknown, nth: number) => ({
  mchRefundNo: `T${round}N${nth}`,
  channelOrderNo: `C${round}N${nth}`,
  refundAmount: '100',
  refundState: '2',
  createdTime,
  successTime: createdTime,
});

beforeAll(async () => {
  stub = await startStub();
  stub.always((response, request, socket) => {
    const records = times.map(record);
    const total = String(records.length);
    return json({ code: '0', data: { records, total, current: '1', size: '100' } })(response, request, socket);
  });
  server = await startServerUnderTest({ accounts: { library: { baseUrl: stub.url } } });
}, 120_000);
afterAll(async () => {
  await server.stop();
  await stub.close();
});
beforeEach(() => {
  round += 1;
});

const lists = async (read = 'AUTO') => {
  const { data, errors } = await server.ask(LISTS, { read });
  expect(errors).toBeUndefined();
  return data;
};

test('in every spelling it is the same instant, and its day has all of them', async () => {
  times = [
    '2025-03-01 10:00:02',
    '20250301100002',
    '2025-03-01T02:00:02.000+00:00',
    '2025-03-01T10:00:02.000+0800',
    '2025-03-01T02:00:02Z',
    MS,
    String(MS),
    MS / 1000,
    String(MS / 1000),
  ];
  const { all, day } = await lists();
  expect(all.nodes.map(({ createdAt }: { createdAt: string }) => createdAt)).toEqual(times.map(() => AT));
  expect(all.nodes.map(({ completedAt }: { completedAt: string }) => completedAt)).toEqual(times.map(() => AT));
  expect(day.nodes).toHaveLength(times.length);
  expect(day.sources).toMatchObject([{ complete: true, failure: null }]);
});

test('where none can be read a day is not called whole, and a later time mends it', async () => {
  times = [null, '2019072314100', '2025-03-01', '2025/03/01 10:00:02', [2025, 3, 1], 'yesterday'];
  const before = await lists();
  expect(before.all.nodes).toHaveLength(times.length);
  expect(before.day.nodes).toEqual([]);
  expect(before.day.sources).toMatchObject([{ complete: false }]);
  const stored = await lists('LEDGER');
  expect(stored.day.sources).toMatchObject([{ origin: 'LEDGER', complete: false, failure: null }]);

  times = times.map(() => MS);
  const after = await lists();
  expect(after.all.nodes.map(({ createdAt }: { createdAt: string }) => createdAt)).toEqual(times.map(() => AT));
  const mended = await lists('LEDGER');
  expect(mended.day.nodes.length).toBeGreaterThanOrEqual(times.length);
  expect(mended.day.sources).toMatchObject([{ complete: true }]);
});
