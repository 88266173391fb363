/**
 * Promise: each record of a provider is judged alone, and what only the ledger has is in the list. Over real
 * HTTP, against a gateway whose rows are broken in every way.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { startShoutuStub, wireRow, type ShoutuStub } from '../support/shoutu-stub.ts';
import { json, reset, startStub, type StubServer } from '../support/stub-server.ts';
import { until } from '../support/until.ts';

const SLOW = { timeout: 120_000 };

/** Every way in which a row was seen, or may be, unreadable. */
const BROKEN: readonly ((nth: number) => unknown)[] = [
  (nth) => wireRow(nth, { mchRefundNo: '' }),
  (nth) => wireRow(nth, { refundState: '' }),
  (nth) => wireRow(nth, { refundState: null }),
  (nth) => wireRow(nth, { refundAmount: '' }),
  (nth) => wireRow(nth, { refundAmount: null }),
  (nth) => wireRow(nth, { refundAmount: '1000.00' }),
  (nth) => wireRow(nth, { refundAmount: '1,000' }),
  (nth) => wireRow(nth, { refundAmount: ' 1000 ' }),
  (nth) => wireRow(nth, { refundAmount: '-100' }),
  (nth) => wireRow(nth, { channelOrderNo: 'x'.repeat(129) }),
  (nth) => wireRow(nth, { channelPayOrderNo: 'P\tQ' }),
  (nth) => wireRow(nth, { mchRefundNo: undefined, createdTime: 'soon' }),
  () => null,
  () => 'a row',
  () => [],
  () => ({}),
];

let gateway: ShoutuStub;
let server: ServerUnderTest;
let blue: StubServer;
beforeAll(async () => {
  blue = await startStub();
  gateway = await startShoutuStub();
  server = await startServerUnderTest({
    accounts: { library: { baseUrl: gateway.url }, blue: { baseUrl: blue.url } },
    mirror: { pauseSeconds: 1, pagesPerSecond: 100 },
    reconciliation: { pausesSeconds: [0.3, 1], sweepSeconds: 1 },
  });
}, 120_000);
afterAll(async () => {
  await server.stop();
  await gateway.close();
  await blue.close();
});
beforeEach(async () => {
  gateway.rows = [];
  await server.forget();
}, 120_000);

const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String, $read: ReadPolicy!, $filter: RefundFilter) {
  refunds(first: $first, after: $after, last: $last, before: $before, read: $read, filter: $filter) {
    nodes { merchantRefundId status } totalCount
    pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
    sources { account { key } complete unreadable totalCount failure { code } }
  }
}`;
const LIBRARY = { accounts: ['library'] };

async function page(variables: Readonly<Record<string, unknown>>) {
  const { data, errors } = await server.ask(PAGE, { read: 'AUTO', filter: LIBRARY, ...variables });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.refunds;
}

async function walk(size: number, way: 'forward' | 'backward', more: Readonly<Record<string, unknown>> = {}) {
  const ids: string[] = [];
  let unreadable = 0;
  let complete = true;
  for (let from: string | null = null, nth = 0; ; nth++) {
    const window = way === 'forward' ? { first: size, after: from } : { last: size, before: from };
    const got = await page({ ...window, ...more });
    const told = got.nodes.map(({ merchantRefundId }: { merchantRefundId: string }) => merchantRefundId);
    if (way === 'forward') ids.push(...told);
    else ids.unshift(...told);
    for (const source of got.sources) {
      unreadable += source.unreadable;
      complete &&= source.complete;
    }
    const { hasNextPage, endCursor, hasPreviousPage, startCursor } = got.pageInfo;
    if (way === 'forward' ? !hasNextPage : !hasPreviousPage)
      return { ids, unreadable, complete, total: got.totalCount };
    from = way === 'forward' ? endCursor : startCursor;
    if (nth > 300) throw new Error('The walk does not end.');
  }
}

const HEALTH = `{ accounts { key health { status lastFailure { code message } mirror { state copied unreadable total } } } }`;
async function health() {
  const { data } = await server.ask(HEALTH);
  return data.accounts.find(({ key }: { key: string }) => key === 'library').health;
}

const mixed = () =>
  Array.from({ length: 240 }, (_, nth) => (nth % 4 === 3 ? BROKEN[(nth >> 2) % BROKEN.length]?.(nth) : wireRow(nth)));
const whole = mixed().flatMap((_, nth) => (nth % 4 === 3 ? [] : [`R${String(nth).padStart(4, '0')}`]));

test(
  'of 240 rows every fourth is broken in another way: the others are shown in order, by any page size, either way',
  SLOW,
  async () => {
    gateway.rows = mixed();
    for (const size of [3, 17, 100]) {
      for (const way of ['forward', 'backward'] as const) {
        expect({ size, way, ...(await walk(size, way)) }).toEqual({
          size,
          way,
          ids: whole,
          unreadable: 60,
          complete: true,
          total: 240,
        });
      }
    }
    expect(await health()).toMatchObject({ status: 'DEGRADED', lastFailure: { code: 'MALFORMED' } });
    const merged = await walk(17, 'forward', { filter: {} });
    expect(merged.ids.filter((id) => whole.includes(id))).toEqual(whole);
    expect(merged.unreadable).toBe(60);
  },
);

test('a row that can not be read is named by the member, and asking for it by its id says so', SLOW, async () => {
  gateway.rows = [wireRow(0), wireRow(1, { refundAmount: '1000.00' }), wireRow(2)];
  expect(await page({ first: 1 })).toMatchObject({ nodes: [{ merchantRefundId: 'R0000' }], totalCount: 3 });
  expect((await health()).lastFailure.message).toContain('refundAmount');
  const query = `{ bad: refund(by: { key: { account: "library", merchantRefundId: "R0001" } }) { status }
    good: refund(by: { key: { account: "library", merchantRefundId: "R0002" } }) { status } }`;
  const { data, errors } = await server.ask(query);
  expect(data).toEqual({ bad: null, good: { status: 'SUCCEEDED' } });
  expect(errors).toMatchObject([{ path: ['bad'], extensions: { code: 'PROVIDER_MALFORMED' } }]);
});

test('the copy goes past the rows that can not be read, and is whole when both add up to the total', SLOW, async () => {
  gateway.rows = mixed();
  await until(async () => (await health()).mirror.state === 'COMPLETE', 60_000);
  expect((await health()).mirror).toEqual({ state: 'COMPLETE', copied: 180, unreadable: 60, total: 240 });
  gateway.rows = [wireRow(-2), wireRow(-1, { refundAmount: '' }), ...gateway.rows];
  await until(async () => (await health()).mirror.total === 242, 30_000);
  expect((await health()).mirror).toEqual({ state: 'COMPLETE', copied: 181, unreadable: 61, total: 242 });
  const { data } = await server.ask('{ refundSummary(filter: { accounts: ["library"] }) { count } }');
  expect(data.refundSummary).toEqual([{ count: 181 }]);
});

test('rows of another application are none of this account', SLOW, async () => {
  gateway.rows = Array.from({ length: 8 }, (_, nth) => wireRow(nth, nth % 2 === 0 ? {} : { appId: '90060' }));
  const { ids, total } = await walk(3, 'forward');
  expect(ids).toEqual(['R0000', 'R0002', 'R0004', 'R0006']);
  expect([4, null]).toContain(total);
  await until(async () => (await health()).mirror.state === 'COMPLETE', 30_000);
  expect((await health()).mirror).toMatchObject({ copied: 4, unreadable: 0, total: 4 });
  const { data } = await server.ask('{ refundSummary(filter: { accounts: ["library"] }) { count } }');
  expect(data.refundSummary).toEqual([{ count: 4 }]);
});

test.each([true, false])(
  'rows of one second (a second order is obeyed: %s) are shown once each, or it is said',
  SLOW,
  async (obeys) => {
    const second = (nth: number) => ({ createdTime: wireRow(Math.floor(nth / 8))['createdTime'] });
    gateway.rows = Array.from({ length: 240 }, (_, nth) => wireRow(nth, second(nth)));
    gateway.orderedFor = (rows, { page: nth, size, fields }) => {
      if (obeys && fields[1] === 'channelOrderNo') return rows;
      const rank = (row: unknown) =>
        createHash('md5')
          .update(`${nth} ${size} ${JSON.stringify(row)}`)
          .digest('hex');
      const seconds = Map.groupBy(rows, (row) => z.object({ createdTime: z.string() }).parse(row).createdTime);
      return [...seconds.values()].flatMap((one) => one.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)));
    };
    try {
      const all = new Set(gateway.rows.map((_, nth) => `R${String(nth).padStart(4, '0')}`));
      const { ids, complete } = await walk(10, 'forward').catch(() => ({ ids: [], complete: false }));
      if (complete) expect(new Set(ids)).toEqual(all);
      if (complete) expect(ids).toHaveLength(240);
      expect(complete).toBe(obeys);
      await until(async () => (await health()).mirror.state === 'COMPLETE', 60_000);
      expect((await health()).mirror).toMatchObject({ copied: 240, unreadable: 0, total: 240 });
      const { data } = await server.ask('{ refundSummary(filter: { accounts: ["library"] }) { count } }');
      expect(data.refundSummary).toEqual([{ count: 240 }]);
    } finally {
      gateway.orderedFor = (rows) => rows;
    }
  },
);

const BLUE_ROW = {
  originalTransactionId: 'CU1',
  refundTransactionId: '1818563941756964862',
  refundAmount: 100,
  refundStatus: 'COMPLETED',
  refundCreateTime: '2024-07-31 16:26:46',
};
const NEIGHBOURS: readonly [string, Readonly<Record<string, unknown>>][] = [
  ['no id of its own', { refundTransactionId: null }],
  ['no status', { refundStatus: null }],
  ['no amount', { refundAmount: null }],
  ['an amount of another spelling', { refundAmount: '10000.0' }],
  ['no payment', { originalTransactionId: undefined }],
  ['no number of ours', { mchRefundOrderId: null }],
];
test('a neighbour at BluePay that can not be read keeps no refund from its end', SLOW, async () => {
  let neighbour: Readonly<Record<string, unknown>> = {};
  let knows = true;
  const ours = new Map<string, string>();
  blue.always((response, request, socket) => {
    const param = JSON.parse(JSON.parse(request.body).param);
    const payment: string = param.originalTransactionId;
    const id = ours.get(payment) ?? '';
    if (request.path.endsWith('/payment/refund')) {
      ours.set(payment, param.mchRefundOrderId);
      const data = {
        ...BLUE_ROW,
        mchRefundOrderId: param.mchRefundOrderId,
        refundTransactionId: `T${payment}`,
        refundStatus: 'PENDING',
      };
      return json({ code: 10000, message: 'Success', data })(response, request, socket);
    }
    const row = {
      ...BLUE_ROW,
      mchRefundOrderId: id,
      originalTransactionId: payment,
      refundTransactionId: `T${payment}`,
    };
    const other = {
      ...BLUE_ROW,
      mchRefundOrderId: 'OLD1',
      originalTransactionId: payment,
      refundTransactionId: 'T0',
      ...neighbour,
    };
    return json({ code: 10000, message: 'Success', data: knows ? [other, row] : [other] })(response, request, socket);
  });
  for (const [nth, [what, members]] of NEIGHBOURS.entries()) {
    neighbour = members;
    const payment = `CU${nth}`;
    const input = {
      account: 'blue',
      idempotencyKey: payment,
      providerPaymentId: payment,
      amount: { amount: '1.00', currency: 'THB' },
    };
    const made = await server.ask(CREATE, { input });
    const id: string = made.data.createRefund.refund.merchantRefundId;
    const query = `{ refund(by: { key: { account: "blue", merchantRefundId: "${id}" } }, read: PROVIDER) { status } }`;
    expect({ what, ...(await server.ask(query)) }).toEqual({ what, data: { refund: { status: 'SUCCEEDED' } } });
  }
  // A row without a number may be anybody's: it is not said that a refund is not there.
  [neighbour, knows] = [{ mchRefundOrderId: null, refundTransactionId: null }, false];
  const unknown = await server.ask(
    '{ refund(by: { key: { account: "blue", merchantRefundId: "X1", providerPaymentId: "CU77" } }, read: PROVIDER) { status } }',
  );
  expect(unknown.errors).toMatchObject([{ extensions: { code: 'PROVIDER_MALFORMED' } }]);
});

const CREATE = `mutation ($input: CreateRefundInput!) { createRefund(input: $input) {
  kind: __typename ... on CreateRefundSuccess { refund { merchantRefundId status } }
  ... on ProviderRejectedError { refund { merchantRefundId status } } } }`;
let made = 0;
async function create(): Promise<{ kind: string; refund: { merchantRefundId: string; status: string } }> {
  made += 1;
  const input = {
    account: 'library',
    idempotencyKey: `key${made}`,
    providerPaymentId: `NEW${made}`,
    amount: { amount: '1.00', currency: 'CNY' },
  };
  const { data, errors } = await server.ask(CREATE, { input });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.createRefund;
}

test('a refund whose answer was lost, and one that was refused, are in the list at their places', SLOW, async () => {
  gateway.rows = Array.from({ length: 12 }, (_, nth) => wireRow(nth));
  const listed = gateway.rows.map((_, nth) => `R${String(nth).padStart(4, '0')}`);
  gateway.create = reset;
  const lost = await create();
  expect(lost).toMatchObject({ kind: 'CreateRefundSuccess', refund: { status: 'PENDING' } });
  gateway.create = json({ code: '9999', msg: '余额不足' });
  const refused = await create();
  expect(refused).toMatchObject({ kind: 'ProviderRejectedError', refund: { status: 'FAILED' } });
  const [lostId, refusedId] = [lost.refund.merchantRefundId, refused.refund.merchantRefundId];

  for (const size of [1, 2, 5, 20]) {
    for (const way of ['forward', 'backward'] as const) {
      const { ids, total, complete } = await walk(size, way);
      expect({ size, way, ids: ids.slice(2), total, complete }).toEqual({
        size,
        way,
        ids: listed,
        total: 14,
        complete: true,
      });
      expect(ids.slice(0, 2).toSorted()).toEqual([lostId, refusedId].toSorted());
    }
  }
  const byId = await page({ first: 5, filter: { ...LIBRARY, merchantRefundId: lostId } });
  expect(byId).toMatchObject({ nodes: [{ merchantRefundId: lostId }], totalCount: 1 });
  const failed = await page({ first: 5, filter: { ...LIBRARY, statuses: ['FAILED'] } });
  expect(failed.nodes).toMatchObject([{ merchantRefundId: refusedId }]);
  expect(await page({ first: 20, read: 'PROVIDER' })).toMatchObject({ totalCount: 12 });

  // It was made all the same, and the list has it under a time of its own.
  gateway.rows = [
    ...gateway.rows.slice(0, 3),
    { ...wireRow(2), mchRefundNo: lostId, channelPayOrderNo: 'NEW1', refundAmount: '100' },
    ...gateway.rows.slice(3),
  ];
  const { ids, total } = await walk(2, 'forward');
  expect(ids.toSorted()).toEqual([...listed, lostId, refusedId].toSorted());
  expect(total).toBeLessThanOrEqual(15);
  await until(async () => (await walk(20, 'forward')).total === 14, 20_000);
});

test(
  'while the provider is away they are shown from the ledger, and once it is back no row is lost or repeated',
  SLOW,
  async () => {
    gateway.rows = Array.from({ length: 6 }, (_, nth) => wireRow(nth));
    const listed = gateway.rows.map((_, nth) => `R${String(nth).padStart(4, '0')}`);
    await walk(20, 'forward');
    gateway.create = reset;
    const { refund } = await create();
    const own = refund.merchantRefundId;
    gateway.isDown = true;
    const away = await page({ first: 3 });
    expect(away.nodes).toMatchObject([{ merchantRefundId: own, status: 'PENDING' }, {}, {}]);
    expect(away.sources).toMatchObject([{ complete: false, failure: { code: 'UNAVAILABLE' } }]);
    gateway.isDown = false;
    const shown = away.nodes.map(({ merchantRefundId }: { merchantRefundId: string }) => merchantRefundId);
    const after = away.pageInfo.endCursor;
    let rest = away;
    await until(async () => {
      rest = await page({ first: 20, after }).catch(() => away);
      return rest !== away && rest.sources[0].complete;
    }, 20_000);
    const others = rest.nodes.map(({ merchantRefundId }: { merchantRefundId: string }) => merchantRefundId);
    expect([...shown, ...others]).toEqual([own, ...listed]);
  },
);

const LOOK = `{ refund(by: { key: { account: "library", merchantRefundId: "R0001" } }, read: LEDGER) {
  status attention { reason } events(first: 20) { nodes { type via status } } } }`;
const look = async () => (await server.ask(LOOK)).data.refund;

test.each([
  ['finished, by the list', '2', (row: unknown) => ({ ...Object(row), refundAmount: '1000.00' })],
  ['under way, by the queries', '1', (row: unknown) => ({ ...Object(row), refundState: '' })],
])(
  'a known refund whose record can not be read needs attention until it can: %s',
  SLOW,
  async (_name, state, broken) => {
    const rows = [wireRow(0), wireRow(1, { refundState: state }), wireRow(2)];
    gateway.rows = rows;
    await page({ first: 20 });
    const { status } = await look();
    gateway.rows = [rows[0], broken(rows[1]), rows[2]];
    if (state === '2') await page({ first: 20 });
    await until(async () => (await look()).attention?.reason === 'UNREADABLE', 30_000);
    expect(await look()).toMatchObject({ status, attention: { reason: 'UNREADABLE' } });
    const needing = await page({ first: 5, filter: { ...LIBRARY, needsAttention: true } });
    expect(needing.nodes).toMatchObject([{ merchantRefundId: 'R0001' }]);
    gateway.rows = rows;
    if (state === '2') await page({ first: 20 });
    // One that is under way since 2024 is STUCK beside.
    await until(async () => (await look()).attention?.reason !== 'UNREADABLE', 60_000);
    const { events } = await look();
    const told = events.nodes.filter(({ type }: { type: string }) => type === 'ATTENTION_CHANGED');
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(new Set(told.map((one: { status: string }) => one.status))).toEqual(new Set([status]));
  },
);
