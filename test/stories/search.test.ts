/** Promise: whatever part of a refund somebody has in hand finds it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({ sandbox: { life: { processingAfterMs: 20, doneAfterMs: 60 } } });
}, 120_000);
afterAll(() => server.stop(), 30_000);

const CREATE = `mutation Create($input: CreateRefundInput!) {
  createRefund(input: $input) { __typename ... on CreateRefundSuccess { refund { id } } }
}`;
const LIST = `query List($filter: RefundFilter!) {
  refunds(first: 10, filter: $filter) { totalCount nodes { merchantRefundId } sources { origin } }
}`;

it('by ids, words, amount and currency, from the ledger', async () => {
  const made = async (account: string, payment: object, more: object) => {
    const input = { idempotencyKey: account, account, ...payment, ...more };
    expect(await server.ask(CREATE, { input })).toMatchObject({
      data: { createRefund: { __typename: 'CreateRefundSuccess' } },
    });
  };
  const reason = { reason: 'Box came BROKEN 破损' };
  await made(
    'library',
    { providerPaymentId: 'PAY-DEMO-1' },
    {
      merchantRefundId: 'SEARCH100A',
      amount: { amount: '1.25', currency: 'CNY' },
      ...reason,
    },
  );
  await made(
    'blue',
    { providerPaymentId: 'CUDEMO1' },
    {
      merchantRefundId: 'SEARCH200B',
      amount: { amount: '2.00', currency: 'THB' },
    },
  );
  const found = async (filter: object) => {
    const { data, errors } = await server.ask(LIST, { filter });
    expect(errors).toBeUndefined();
    const { nodes, totalCount, sources } = data.refunds;
    expect(sources.map(({ origin }: { origin: string }) => origin)).not.toContain('PROVIDER');
    expect(totalCount).toBe(nodes.length);
    return nodes.map(({ merchantRefundId }: { merchantRefundId: string }) => merchantRefundId).toSorted();
  };
  expect(await found({ search: 'SEARCH' })).toEqual(['SEARCH100A', 'SEARCH200B']);
  expect(await found({ search: ' SEARCH1 ' })).toEqual(['SEARCH100A']);
  expect(await found({ search: 'PAY-DEMO-1' })).toEqual(['SEARCH100A']);
  expect(await found({ search: 'brok box' })).toEqual(['SEARCH100A']);
  expect(await found({ search: 'EARCH1' })).toEqual([]);
  expect(await found({ search: 'SEARCH', currencies: ['THB'] })).toEqual(['SEARCH200B']);
  expect(await found({ search: 'SEARCH', amount: { gte: '1.25', lt: '2' } })).toEqual(['SEARCH100A']);
  expect(await found({ search: 'SEARCH', amount: { lt: '1.25' } })).toEqual([]);
  expect(await found({ search: 'SEARCH', attention: ['STUCK'] })).toEqual([]);
});

it('a search of two letters is a mistake of its argument', async () => {
  const { errors } = await server.ask(LIST, { filter: { search: ' ab ' } });
  expect(errors?.[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'filter.search' });
});
