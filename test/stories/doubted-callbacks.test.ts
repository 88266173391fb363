/**
 * Promise: over real HTTP, a callback decides only what its signature can only mean. One that could say
 * something else, or whose merchant nobody knows, makes the server ask, and the provider's answer decides.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newBluePayKeys } from '../../src/sandbox/bluepay/keys.ts';
import { signBluePay } from '../../src/sandbox/bluepay/signature.ts';
import { signShoutu } from '../../src/sandbox/shoutu/signature.ts';
import { newTiPayKeys } from '../../src/sandbox/tipay/keys.ts';
import { signTiPayCallback } from '../../src/sandbox/tipay/signature.ts';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { json, startStub, type StubServer } from '../support/stub-server.ts';
import { until } from '../support/until.ts';

const CREATE = `mutation ($input: CreateRefundInput!) {
  createRefund(input: $input) {
    kind: __typename
    ... on CreateRefundSuccess { refund { id status } }
    ... on InvalidInputError { issues { path } }
  }
}`;
const REFUND = `query ($id: ID!) { node(id: $id) { ... on Refund {
  status createdAt payment { refundedAmount { amount } } providerRecord { raw } events(first: 20) { nodes { type via status } }
} } }`;
const KNOWN = `query ($by: RefundBy!) { refund(by: $by, read: LEDGER) { status events(first: 9) { nodes { type via } } } }`;
const SECRET = 'story-secret';
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

const stubs: Record<'library' | 'blue' | 'chain', StubServer> = {
  library: await startStub(),
  blue: await startStub(),
  chain: await startStub(),
};
const [blueKeys, chainKeys] = await Promise.all([newBluePayKeys(), newTiPayKeys()]);
/** What the providers say when they are asked. */
const book = {
  library: new Map<string, Record<string, string>>(),
  blue: new Array<Readonly<Record<string, unknown>> & { readonly originalTransactionId: string }>(),
  chain: new Map<string, object>(),
};
let server: ServerUnderTest;

beforeAll(async () => {
  stubs.library.always((response, request, socket) => {
    const { mchRefundNo, queryPage } = JSON.parse(request.body);
    if (request.path.endsWith('/refundOrder')) {
      const { refundAmount, refundReason = '' } = JSON.parse(request.body);
      const made = {
        mchRefundNo,
        refundAmount,
        payAmount: '10000',
        refundState: '1',
        channelOrderNo: `C${mchRefundNo}`,
      };
      book.library.set(mchRefundNo, { ...made, refundReason });
      return json({ code: '0', data: made })(response, request, socket);
    }
    const asked = queryPage.queries.find(({ field }: { field: string }) => field === 'mchRefundNo')?.value;
    const records = [...book.library.values()].filter((one) => asked === undefined || one['mchRefundNo'] === asked);
    const page = { records, total: String(records.length), current: '1', size: '100' };
    return json({ code: '0', data: page })(response, request, socket);
  });
  stubs.blue.always((response, request, socket) => {
    const data = book.blue.filter(({ originalTransactionId: payment }) => request.body.includes(payment));
    return json({ code: 10_000, data })(response, request, socket);
  });
  stubs.chain.always((response, request, socket) => {
    const made = request.method === 'POST' ? JSON.parse(request.body) : null;
    if (made !== null) book.chain.set(made.refundRequestId, { ...made, status: 'PROCESSING' });
    const asked = made?.refundRequestId ?? new URL(request.path, 'http://x').searchParams.get('refundRequestId');
    const data = book.chain.get(asked) ?? null;
    return json({ code: 200, success: true, msg: '', data })(response, request, socket);
  });
  server = await startServerUnderTest({
    accounts: {
      library: { baseUrl: stubs.library.url, secret: SECRET },
      blue: { baseUrl: stubs.blue.url, platformPublicKey: blueKeys.platform.publicKey },
      chain: { baseUrl: stubs.chain.url, platformPublicKey: chainKeys.platform.publicKey, merchantNo: 'M9' },
    },
    reconciliation: {
      pausesSeconds: [0.3, 0.3, 1, 1, 2, 2, 60],
      lateArrivalSeconds: 0,
      giveUpAfterSeconds: 60,
      sweepSeconds: 60,
    },
  });
}, 120_000);
afterAll(async () => {
  await server.stop();
  for (const stub of Object.values(stubs)) await stub.close();
});

const post = (account: string, contentType: string, body: string) =>
  fetch(`${server.url}/notify/${account}`, { method: 'POST', headers: { 'content-type': contentType }, body });
const form = (members: Record<string, string>) => new URLSearchParams(members).toString();
const signed = (members: Record<string, string>) => ({ ...members, sign: signShoutu(members, SECRET) });
const refundOf = async (id: string) => (await server.ask(REFUND, { id })).data.node;

async function create(account: string, merchantRefundId: string, more: object = {}) {
  const payment =
    account === 'chain' ? { merchantPaymentId: `P${merchantRefundId}` } : { providerPaymentId: `P${merchantRefundId}` };
  const amount = { amount: '100.00', currency: 'CNY' };
  const input = { idempotencyKey: merchantRefundId, merchantRefundId, account, ...payment, amount, ...more };
  const { data, errors } = await server.ask(CREATE, { input });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.createRefund;
}

test('a signed Shoutu callback that can be cut anew frees no money', async () => {
  const { refund } = await create('library', 'CUT1');
  const record = book.library.get('CUT1') ?? {};
  const members = { ...record, refundReason: 'x&refundState=3&refundStatez=a', reqTime: '1700000000000' };
  const { sign } = signed(members);
  const forged = { ...members, refundReason: 'x', refundState: '3', refundStatez: 'a&refundState=1', sign };
  expect(signShoutu(forged, SECRET)).toBe(sign);
  const asked = stubs.library.requests.length;
  expect((await post('library', FORM, form(forged))).status).toBe(200);
  await until(() => stubs.library.requests.length > asked);
  expect(await refundOf(refund.id)).toMatchObject({
    status: 'PROCESSING',
    payment: { refundedAmount: { amount: '100.00' } },
  });
  const input = { providerPaymentId: 'PCUT1', amount: { amount: '100.00', currency: 'CNY' } };
  expect(await create('library', 'CUT2', input)).toEqual({ kind: 'AmountExceedsPaymentError' });
  expect(stubs.library.requests.filter(({ path }) => path.endsWith('/refundOrder'))).toHaveLength(1);
});

test('our own signed text, a whole record in a free text: neither decides', async () => {
  const { refund } = await create('library', 'OWN1');
  const own = {
    ...book.library.get('OWN1'),
    refundState: '2',
    tenantId: 'a000001',
    notifyUrl: 'http://us/notify/library',
  };
  const { tenantId: _ours, ...withUrl } = own;
  const record = { ...book.library.get('OWN1'), errMsg: 'x&mchRefundNo=OWN1&refundAmount=10000&refundState=2' };
  for (const members of [withUrl, record]) {
    expect((await post('library', FORM, form(signed(members)))).status).toBe(200);
  }
  expect((await refundOf(refund.id)).status).toBe('PROCESSING');
});

test('what the create would sign as plain text has no member in it', async () => {
  const isOfSign1 = ({ body }: { readonly body: string }) => body.includes('SIGN1');
  const refused = await create('library', 'SIGN1', { reason: '&refundState=3&refundStatez=a' });
  expect(refused).toEqual({ kind: 'InvalidInputError', issues: [{ path: ['input', 'reason'] }] });
  expect(stubs.library.requests.filter(isOfSign1)).toEqual([]);
  expect((await create('library', 'SIGN1')).kind).toBe('CreateRefundSuccess');
});

test("a callback in Jeepay's own names is heard, and its record shows no proof of the sender", async () => {
  const { refund } = await create('library', 'JEE1');
  const notice = {
    mchRefundNo: 'JEE1',
    state: '2',
    refundAmount: '10000',
    payAmount: '10000',
    successTime: '1740794405000',
    createdAt: '1740794400000',
    reqTime: '1740794405001',
  };
  expect((await post('library', FORM, form(signed(notice)))).status).toBe(200);
  const told = await refundOf(refund.id);
  expect(told).toMatchObject({ status: 'SUCCEEDED', createdAt: '2025-03-01T02:00:00Z' });
  expect(JSON.parse(told.providerRecord.raw)).toMatchObject({ state: '2' });
  expect(told.providerRecord.raw).not.toMatch(/"sign"|reqTime/);
});

test("a reader's data and the channel's go along as the JSON that was given, and the fee item is asked for", async () => {
  const shoutu = {
    refundMode: 'ITEMIZED_REFUND',
    businessId: 'FEE1',
    extension: { readerCardNo: 'X1', readerIDNumber: 'ID', readerName: '张三', age: 7 },
    channelExtra: ['a'],
  };
  const { businessId: _item, ...without } = shoutu;
  expect(await create('library', 'READER1', { shoutu: without })).toEqual({
    kind: 'InvalidInputError',
    issues: [{ path: ['input', 'shoutu', 'businessId'] }],
  });
  expect((await create('library', 'READER1', { shoutu })).kind).toBe('CreateRefundSuccess');
  const sent = JSON.parse(stubs.library.requests.findLast(({ body }) => body.includes('READER1'))?.body ?? '');
  expect(sent).toMatchObject({ businessId: 'FEE1', channelExtra: '["a"]' });
  expect(sent.extJsonb).toBe('{"readerCardNo":"X1","readerIDNumber":"ID","readerName":"张三","age":7}');
  const { sign, ...members } = sent;
  expect(sign).toBe(signShoutu(members, SECRET));
});

test('what BluePay tells of a refund that is unknown here is taken from its answer alone', async () => {
  const row = {
    mchRefundOrderId: 'BLUEX1',
    refundTransactionId: 'TX1',
    originalTransactionId: 'CUX1',
    refundAmount: 10_000,
    refundStatus: 'COMPLETE',
  };
  const param = JSON.stringify(row);
  const sign = signBluePay(param, blueKeys.platform.privateKey);
  const asked = stubs.blue.requests.length;
  expect((await post('blue', JSON_TYPE, JSON.stringify({ param, sign }))).status).toBe(200);
  await until(() => stubs.blue.requests.length >= asked + 2);
  const by = { key: { account: 'blue', merchantRefundId: 'BLUEX1' } };
  // Denied, and never taken.
  expect((await server.ask(KNOWN, { by })).data).toEqual({ refund: null });

  book.blue.push({
    ...row,
    mchRefundOrderId: 'BLUEX2',
    originalTransactionId: 'CUX2',
    refundTransactionId: 'TX2',
    refundStatus: 'COMPLETED',
  });
  const other = JSON.stringify({
    ...row,
    mchRefundOrderId: 'BLUEX2',
    originalTransactionId: 'CUX2',
    refundTransactionId: 'TX2',
    refundStatus: 'FAILED',
  });
  const proof = signBluePay(other, blueKeys.platform.privateKey);
  expect((await post('blue', JSON_TYPE, JSON.stringify({ param: other, sign: proof }))).status).toBe(200);
  const known = { key: { account: 'blue', merchantRefundId: 'BLUEX2' } };
  await until(async () => (await server.ask(KNOWN, { by: known })).data.refund !== null);
  // As the query tells it, not as the callback did.
  expect((await server.ask(KNOWN, { by: known })).data.refund).toEqual({
    status: 'SUCCEEDED',
    events: { nodes: [{ type: 'DISCOVERED', via: 'POLL' }] },
  });
});

test("a captured callback of TiPay in new padding does not undo the query's no", async () => {
  const { refund } = await create('chain', 'PAD1');
  const { notifyUrl: _url, ...made } = { notifyUrl: '', ...book.chain.get('PAD1') };
  const response = JSON.stringify({ ...made, status: 'SUCCESS' });
  const sign = signTiPayCallback(response, chainKeys.platform.privateKey);
  expect((await post('chain', FORM, form({ response, sign }))).status).toBe(200);
  expect((await refundOf(refund.id)).status).toBe('SUCCEEDED');
  book.chain.set('PAD1', { ...made, status: 'FAILED', failReason: '账户异常' });
  await server.ask(`mutation ($id: ID!) { refreshRefund(id: $id) { __typename } }`, { id: refund.id });
  expect((await refundOf(refund.id)).status).toBe('FAILED');
  const copies = [
    [FORM, form({ response, sign, more: '1' })],
    [JSON_TYPE, JSON.stringify({ sign, response })],
    [JSON_TYPE, JSON.stringify({ response, sign, more: 1 }, null, 2)],
  ] as const;
  for (const [type, body] of copies) expect((await post('chain', type, body)).status).toBe(200);
  // Another true notice of the same old end is queried, and the query's word stays.
  const late = JSON.stringify({ ...made, status: 'SUCCESS', description: 'late' });
  const again = signTiPayCallback(late, chainKeys.platform.privateKey);
  const asked = stubs.chain.requests.length;
  expect((await post('chain', FORM, form({ response: late, sign: again }))).status).toBe(200);
  await until(() => stubs.chain.requests.length > asked);
  expect((await refundOf(refund.id)).status).toBe('FAILED');
});

const CLOSE = `mutation ($id: ID!, $outcome: CloseRefundOutcome!) { closeRefund(id: $id, outcome: $outcome, note: "not in the console") {
  kind: __typename ... on CloseRefundSuccess { refund { status attention { reason } } } ... on NotClosableError { message } } }`;

test('what only a callback told and its provider denies keeps its status, is said, and is ended by a person', async () => {
  const response = JSON.stringify({
    merchantNo: 'M9',
    refundRequestId: 'DENIED1',
    orderId: 'PDENIED1',
    uniqueRefundNo: 'UDENIED1',
    refundAmount: '7.00',
    orderAmount: '7.00',
    status: 'SUCCESS',
  });
  const sign = signTiPayCallback(response, chainKeys.platform.privateKey);
  expect((await post('chain', FORM, form({ response, sign }))).status).toBe(200);
  const by = { key: { account: 'chain', merchantRefundId: 'DENIED1' } };
  const told = `query ($by: RefundBy!) { refund(by: $by, read: LEDGER) {
    id status attention { reason } payment { refundedAmount { amount } } events(first: 9) { nodes { type via } } } }`;
  const look = async () => (await server.ask(told, { by })).data.refund;
  await until(async () => (await look()).attention !== null);
  const denied = await look();
  expect(denied).toMatchObject({ status: 'SUCCEEDED', attention: { reason: 'DENIED' } });
  expect(denied.events.nodes).toEqual([
    { type: 'DISCOVERED', via: 'CALLBACK' },
    { type: 'CONFLICT_DETECTED', via: 'POLL' },
  ]);
  expect(denied.payment.refundedAmount.amount).toBe('7.00');
  const refresh = 'mutation ($id: ID!) { refreshRefund(id: $id) { kind: __typename ... on Error { message } } }';
  expect((await server.ask(refresh, { id: denied.id })).data.refreshRefund).toMatchObject({ kind: 'NotFoundError' });

  const { data } = await server.ask(CLOSE, { id: denied.id, outcome: 'FAILED' });
  expect(data.closeRefund).toEqual({ kind: 'CloseRefundSuccess', refund: { status: 'FAILED', attention: null } });
  const closed = await look();
  expect(closed.payment.refundedAmount.amount).toBe('0.00');
  expect(closed.events.nodes.at(-1)).toEqual({ type: 'STATUS_CHANGED', via: 'OPERATOR' });
  // It has ended now, and the provider's word alone changes it.
  const again = await server.ask(CLOSE, { id: denied.id, outcome: 'SUCCEEDED' });
  expect(again.data.closeRefund).toMatchObject({ kind: 'NotClosableError' });
});
