/** Promise: a create that is repeated after the ledger was lost moves no money again, and gets its refund. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

const CREATE = `mutation ($input: CreateRefundInput!) {
  createRefund(input: $input) {
    kind: __typename
    ... on CreateRefundSuccess { replayed refund { ...R } }
    ... on Error { message }
    ... on IdempotencyConflictError { existing { ...R } }
  }
} fragment R on Refund { id merchantRefundId status amount { amount } failure { code } }`;

const ACCOUNTS = {
  chain: { provider: 'TIPAY', amount: { amount: '1.00', currency: 'CNY' }, merchantPaymentId: 'ORDERDEMO1' },
  blue: { provider: 'BLUEPAY', amount: { amount: '1.00', currency: 'THB' }, providerPaymentId: 'CUDEMO1' },
  library: { provider: 'SHOUTU', amount: { amount: '1.00', currency: 'CNY' }, providerPaymentId: 'PAY-DEMO-1' },
} as const;
const KEYS = ['chain', 'blue', 'library'] as const;

let server: ServerUnderTest;

beforeAll(async () => {
  server = await startServerUnderTest({
    sandbox: { life: { processingAfterMs: 50, doneAfterMs: 300 } },
    reconciliation: { pausesSeconds: [0.2, 0.3, 0.5, 1], lateArrivalSeconds: 0.2, sweepSeconds: 1 },
  });
}, 120_000);
afterAll(() => server.stop());

const create = async (input: object) => {
  const { data, errors } = await server.ask(CREATE, { input });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.createRefund;
};
const inputOf = (account: (typeof KEYS)[number], idempotencyKey: string) => {
  const { provider: _provider, ...input } = ACCOUNTS[account];
  return { ...input, account, idempotencyKey };
};
const statusOf = async (id: string) =>
  (await server.ask('query ($id: ID!) { node(id: $id) { ... on Refund { status } } }', { id })).data.node.status;
const executions = async (account: (typeof KEYS)[number], id: string) =>
  JSON.parse(JSON.stringify(await server.control('/executed')))[ACCOUNTS[account].provider][id];

describe.each(KEYS)('at %s', (account) => {
  test.each([
    ['while it runs', false],
    ['after it succeeded', true],
  ] as const)(
    '%s',
    async (name, ends) => {
      const input = inputOf(account, `forgotten ${name}`);
      // BluePay takes one refund of a payment at a time.
      const first = await create(input);
      const { id, merchantRefundId } = first.refund;
      expect(first).toMatchObject({ kind: 'CreateRefundSuccess', replayed: false });
      if (ends) await until(async () => (await statusOf(id)) === 'SUCCEEDED');
      await server.forget();

      const other = { ...input, amount: { ...input.amount, amount: '2.00' } };
      const wrong = await create(other);
      expect(wrong).toMatchObject({ kind: 'IdempotencyConflictError', existing: { id, amount: { amount: '1.00' } } });
      await server.forget();

      const again = await create(input);
      expect(again).toMatchObject({ kind: 'CreateRefundSuccess', refund: { id, merchantRefundId, failure: null } });
      await until(async () => (await statusOf(id)) === 'SUCCEEDED');
      expect(await create(input)).toMatchObject({ kind: 'CreateRefundSuccess', replayed: true, refund: { id } });
      expect(await create(other)).toMatchObject({ kind: 'IdempotencyConflictError', existing: { id } });
      expect(await executions(account, merchantRefundId)).toEqual({ accepted: 1, moved: 1 });
    },
    120_000,
  );
});

test('the same key at three accounts is three refunds', async () => {
  const answers = await Promise.all(KEYS.map((account) => create(inputOf(account, 'shared'))));
  expect(answers.map(({ kind, replayed }) => [kind, replayed])).toEqual(KEYS.map(() => ['CreateRefundSuccess', false]));
  expect(new Set(answers.map(({ refund }) => refund.merchantRefundId)).size).toBe(3);
});
