/**
 * Promise: our connections work with the clients that frontends use, without any setting made for this
 * server.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { walkWithApollo } from './apollo.ts';
import { walkWithRelay } from './relay.ts';
import { walkWithUrql } from './urql.ts';
import { LIST, type ClientWalk, type Listed } from './walk.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  const life = { processingAfterMs: Infinity, doneAfterMs: Infinity };
  server = await startServerUnderTest({ sandbox: { refundsPerProvider: 40, life } });
  await meetTheOthers();
}, 60_000);
afterAll(() => server.stop());

/** Has the ledger know refunds of the providers that can't list, so that the list is a merge. */
async function meetTheOthers(): Promise<void> {
  const { BLUEPAY: blue, TIPAY: chain } = server.sandbox.examples;
  for (const { merchantRefundId, providerPaymentId } of blue.refunds) {
    await find({ account: 'blue', merchantRefundId, providerPaymentId });
  }
  for (const { merchantRefundId, merchantPaymentId } of chain.refunds) {
    await find({ account: 'chain', merchantRefundId, merchantPaymentId });
  }
}
const find = (key: object) => server.ask('query ($key: RefundKey!) { refund(by: { key: $key }) { id } }', { key });

const CLIENTS: readonly (readonly [string, ClientWalk])[] = [
  ['Relay: its compiler and a usePaginationFragment component', walkWithRelay],
  ['urql: Graphcache and relayPagination', walkWithUrql],
  ['Apollo Client: relayStylePagination', walkWithApollo],
];

const listNow = async (): Promise<Listed['refunds']> => (await server.ask(LIST, { first: 100 })).data.refunds;

let made = 0;
/** At the head of the list, where every later page moves by it. */
const grow = async (): Promise<void> => {
  made += 1;
  await server.control('/refunds/add', { provider: 'SHOUTU', merchantRefundId: `NEW${made}`, amount: '100' });
};

test.for(CLIENTS)('%s: shows the whole list once, in order, while it grows', { timeout: 60_000 }, async ([, walk]) => {
  const { edges, pageInfo } = await listNow();
  expect(pageInfo.hasNextPage).toBe(false);
  const expected = edges.map(({ node }) => node.merchantRefundId);
  for (const account of ['LIB', 'BLUE', 'CHAIN']) expect(expected.join()).toContain(account);
  const { ids, pages } = await walk(`${server.url}/graphql`, 9, grow);
  expect(ids).toEqual(expected);
  expect(pages).toBe(Math.ceil(expected.length / 9));
});
