/**
 * Promise: what a normalised cache is told fits together: an event has the refund of now and the snapshot of
 * then, a filtered list hears who left it, and a payment is one entry.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { subscribe } from '../support/live-clients.ts';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({
    sandbox: { life: { processingAfterMs: 200, doneAfterMs: 600 } },
    reconciliation: { pausesSeconds: [0.3, 0.5, 1, 1], lateArrivalSeconds: 0.3, sweepSeconds: 1 },
  });
}, 60_000);
afterAll(() => server.stop());

const CREATE = `mutation ($input: CreateRefundInput!) { createRefund(input: $input) {
  kind: __typename
  ... on CreateRefundSuccess { replayed refund { id version payment { id amount { amount } refundedAmount { amount }
    refundable { amount currency } } } }
  ... on InvalidInputError { issues { path code } }
  ... on AmountExceedsPaymentError { refundable { amount } }
  ... on IdempotencyConflictError { message } } }`;
let keys = 0;
const create = async (input: object) => {
  keys += 1;
  const { data } = await server.ask(CREATE, { input: { idempotencyKey: `caches-${keys}`, ...input } });
  return data.createRefund;
};
const atTiPay = (amount: string, more: object = {}) => ({
  account: 'chain',
  merchantPaymentId: 'ORDERDEMO1',
  amount: { amount, currency: 'CNY' },
  ...more,
});

test('an event has the refund of now, the snapshot of then and what it changed; a list hears who left', async () => {
  const begin = (await server.ask('{ latestEventCursor }')).data.latestEventCursor;
  const { refund } = await create(atTiPay('1.00', { merchantPaymentId: 'ORDERDEMO2' }));
  const EVENT = `type via previousStatus changes snapshot { version status providerStatus amount { amount } }
    open: matches(filter: { statuses: [PENDING, PROCESSING] }) done: matches(filter: { statuses: [SUCCEEDED] })
    nobody: matches(filter: { accounts: ["nobody"] }) refund { version status }`;
  const updates = `subscription ($id: ID!) { refundUpdated(id: $id) { ${EVENT} } }`;
  const { results, leave } = subscribe({
    transport: 'SSE',
    url: `${server.url}/graphql`,
    query: updates,
    variables: refund,
  });
  const statuses = () => results.map(({ data }) => data.refundUpdated.refund.status);
  await vi.waitFor(() => expect(statuses()).toContain('SUCCEEDED'), 15_000);
  leave();
  const versions = results.map(({ data }) => data.refundUpdated.refund.version);
  expect(versions).toEqual(versions.toSorted((one, other) => one - other));

  const timeline = `query ($id: ID!) { node(id: $id) { ... on Refund { version status events(first: 50) { nodes { ${EVENT} } } } } }`;
  const { node } = (await server.ask(timeline, refund)).data;
  const { events, ...now } = node;
  expect(now).toEqual({ version: events.nodes.length, status: 'SUCCEEDED' });
  for (const [nth, event] of events.nodes.entries()) {
    expect(event).toMatchObject({
      refund: now,
      snapshot: { version: nth + 1, amount: { amount: '1.00' } },
      nobody: false,
    });
    const isOpen = ['PENDING', 'PROCESSING'].includes(event.snapshot.status);
    expect([event.open, event.done]).toEqual([isOpen, event.snapshot.status === 'SUCCEEDED']);
    expect(event.changes.includes('status')).toBe(nth > 0 && event.previousStatus !== event.snapshot.status);
  }
  expect(events.nodes[0]).toMatchObject({ type: 'REQUESTED', changes: [], snapshot: { status: 'PENDING' } });
  expect(events.nodes.at(-1).changes).toEqual(expect.arrayContaining(['status', 'completedAt', 'pendingReason']));

  // The list of what is open is told of the event by which the refund left it, as its last one.
  const ask = `query ($after: EventCursor, $types: [RefundEventType!], $via: [ObservedVia!]) { refundEvents(first: 50,
    after: $after, types: $types, via: $via, filter: { accounts: ["chain"], statuses: [PENDING, PROCESSING] }) {
    nodes { via type snapshot { status } } } }`;
  const told = async (more = {}) => (await server.ask(ask, { after: begin, ...more })).data.refundEvents.nodes;
  const all = await told();
  expect(all.at(-1).snapshot.status).toBe('SUCCEEDED');
  expect(await told({ types: ['REQUESTED'] })).toEqual([all[0]]);
  expect(await told({ via: ['OPERATOR'] })).toEqual([]);
  const changed = await told({ types: ['STATUS_CHANGED'], via: ['POLL', 'CALLBACK', 'MUTATION'] });
  expect(changed).toEqual(all.filter(({ type }: { type: string }) => type === 'STATUS_CHANGED'));
}, 30_000);

test('what a caller says was paid is kept, guards every refund, and must not contradict', async () => {
  const paid = (amount: string) => ({ paymentAmount: { amount, currency: 'CNY' } });
  const first = await create(atTiPay('4.00', paid('10.00')));
  expect(first.refund.payment).toMatchObject({
    amount: { amount: '10.00' },
    refundedAmount: { amount: '4.00' },
    refundable: { amount: '6.00', currency: 'CNY' },
  });
  const sent = (await server.ask(`{ refunds(first: 0, filter: { accounts: ["chain"] }) { totalCount } }`)).data;
  const contradiction = {
    kind: 'InvalidInputError',
    issues: [{ path: ['input', 'paymentAmount'], code: 'CONTRADICTS_KNOWN' }],
  };
  expect(await create(atTiPay('1.00', paid('11.00')))).toEqual(contradiction);
  expect(await create(atTiPay('7.00'))).toMatchObject({
    kind: 'AmountExceedsPaymentError',
    refundable: { amount: '6.00' },
  });
  expect(await create(atTiPay('7.00', paid('10.00')))).toMatchObject({ kind: 'AmountExceedsPaymentError' });
  expect((await server.ask(`{ refunds(first: 0, filter: { accounts: ["chain"] }) { totalCount } }`)).data).toEqual(
    sent,
  );

  // It is a part of the input that a key stands for.
  const again = { ...atTiPay('4.00', paid('10.00')), idempotencyKey: `caches-${keys - 3}` };
  expect(await create(again)).toMatchObject({ kind: 'CreateRefundSuccess', replayed: true });
  expect(await create({ ...again, ...paid('20.00') })).toMatchObject({ kind: 'IdempotencyConflictError' });
  expect(await create({ ...again, paymentAmount: null })).toMatchObject({ kind: 'IdempotencyConflictError' });

  // What the provider says wins: Shoutu's list tells it.
  const shoutu = { account: 'library', providerPaymentId: 'PAY-DEMO-1', amount: { amount: '1', currency: 'CNY' } };
  const { refund } = await create({ ...shoutu, ...paid('777.77') });
  expect(refund.payment.amount).not.toBeNull();
  const amountNow = async () => {
    const read =
      '{ payment(by: { account: "library", providerPaymentId: "PAY-DEMO-1" }, read: PROVIDER) { amount { amount } } }';
    return (await server.ask(read)).data.payment.amount.amount;
  };
  await vi.waitFor(async () => expect(await amountNow()).not.toBe('777.77'), 10_000);
}, 30_000);

test('a payment is one entry under one id, found again by it, whichever refund or query leads to it', async () => {
  const make = async () => (await create(atTiPay('1.00', { merchantPaymentId: 'ORDERDEMO3' }))).refund.payment.id;
  const id = await make();
  expect(await make()).toBe(id);
  const read = `query ($id: ID!) { node(id: $id) { id ... on Payment { account { key } merchantPaymentId
    refunds(first: 5) { totalCount eventCursor } refundedAmount { amount } refundable { amount } } }
    payment(by: { account: "chain", merchantPaymentId: "ORDERDEMO3" }, read: LEDGER) { id } }`;
  const { data, errors } = await server.ask(read, { id });
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    node: {
      id,
      account: { key: 'chain' },
      merchantPaymentId: 'ORDERDEMO3',
      refunds: { totalCount: 2 },
      refundedAmount: { amount: '2.00' },
      refundable: null,
    },
    payment: { id },
  });
  // Its other id becomes known: the entry stays.
  const name =
    '{ payment(by: { account: "chain", merchantPaymentId: "ORDERDEMO3" }, read: LEDGER) { id providerPaymentId } }';
  await vi.waitFor(async () => {
    const { payment } = (await server.ask(name)).data;
    expect(payment).toEqual({ id, providerPaymentId: expect.any(String) });
  }, 10_000);
  const strange = Buffer.from('Payment:chain:00000000-0000-7000-8000-000000000000').toString('base64url');
  expect((await server.ask(read, { id: strange })).data.node).toBeNull();
}, 30_000);
