/** What the clients of the bench ask the product and its peers, and how an answer looks that is right. */
import type { NextRequest, Request } from './load.ts';
import { token } from './product.ts';
import { accountName, FIELDS, PAGE } from './records.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** A GraphQL request of the bench's caller. */
function graphql(query: string, variables: object): Request {
  return {
    method: 'POST',
    path: '/graphql',
    headers: { ...JSON_TYPE, accept: 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ query, variables }),
  };
}
const TOKEN = token();

const PAGE_QUERY = `query Page($filter: RefundFilter, $after: String, $read: ReadPolicy!) {
  refunds(first: ${PAGE}, filter: $filter, after: $after, read: $read) {
    nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } } }`;

/** The first page of an account, or the one behind a cursor. */
export const pageQuestion = (
  account: number,
  read: 'AUTO' | 'PROVIDER' | 'LEDGER',
  after: string | null = null,
): Request => graphql(PAGE_QUERY, { filter: { accounts: [accountName(account)] }, read, after });

const PEER_QUERY = `query Page($path: String!) { refunds(path: $path) {
  nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } } }`;

/** The same of a peer. */
export const peerQuestion = (path: string): Request => graphql(PEER_QUERY, { path });

const ONE_QUERY = `query One($id: ID!) { refund(by: { id: $id }, read: LEDGER) { ${FIELDS} } }`;

export const oneQuestion = (id: string): Request => graphql(ONE_QUERY, { id });

const CREATE = `mutation Create($input: CreateRefundInput!) { createRefund(input: $input) { __typename
  ... on CreateRefundSuccess { refund { id status } } ... on Error { message } } }`;

export const createQuestion = (key: string): Request =>
  graphql(CREATE, {
    input: {
      idempotencyKey: key,
      account: 'chain',
      merchantPaymentId: `P${key}`,
      amount: { amount: '1.00', currency: 'CNY' },
      reason: 'returned',
    },
  });

/** Asks the same again and again, another question on each connection. */
export const repeating = (questions: readonly Request[]): NextRequest => {
  return (connection) => questions[connection % questions.length] ?? null;
};

/** Goes round the questions, each connection from a place of its own on. */
export const walking = (questions: readonly Request[]): NextRequest => {
  return (connection, nth) => questions[(connection * 31 + nth) % questions.length] ?? null;
};

/** A page with all its rows. */
export const isPage = (body: string): boolean =>
  body.startsWith('{"data":{"refunds":{"nodes":[{') && body.length > 5_000;
export const isOne = (body: string): boolean => body.startsWith('{"data":{"refund":{"id"');
export const isCreated = (body: string): boolean => body.includes('"status":"PROCESSING"');

/** A page request to the provider's path, for a bare handler. */
export const barePage = (account: number, behaviour: string): Request => ({
  method: 'GET',
  path: `/list/${account}${behaviour}`,
});
