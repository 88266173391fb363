/** What the peers share: the schema, and a page of the provider's list read as a bare handler reads it. */
import { Agent } from 'undici';

const agent = new Agent({ connections: 32, pipelining: 1 });
const upstream = process.env.UPSTREAM ?? '';
const listPath = process.env.LIST_PATH ?? '';

export const typeDefs = `
  type Money { amount: String! currency: String! }
  type MerchantAccount { id: ID! key: String! }
  enum Provider { SHOUTU BLUEPAY TIPAY }
  enum RefundStatus { PENDING PROCESSING SUCCEEDED FAILED CANCELED }
  type Refund {
    id: ID! provider: Provider! merchantRefundId: String! providerRefundId: String status: RefundStatus!
    reason: String createdAt: String! completedAt: String amount: Money! account: MerchantAccount!
  }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type RefundConnection { nodes: [Refund!]! pageInfo: PageInfo! }
  type RefundEvent { cursor: String! status: RefundStatus! refund: Refund! }
  type Query { refunds(path: String!): RefundConnection! }
  type Subscription { refundEvents: RefundEvent! }
`;

const STATUSES = { 2: 'SUCCEEDED', 3: 'FAILED' };
const instant = (text) => (text ? new Date(Date.parse(`${text.replace(' ', 'T')}+08:00`)).toISOString() : null);
const money = (minor) => ({ amount: (Number(minor) / 100).toFixed(2), currency: 'CNY' });

/** A page by the provider's path, `/ACCOUNT/DELAY/seen`. */
export async function readPage(path) {
  const [, account] = path.split('/');
  const answer = await agent.request({
    origin: upstream,
    path: `${path}${listPath}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ queryPage: { page: 1, size: 20 } }),
  });
  const { data } = await answer.body.json();
  const key = `library${account}`;
  const nodes = data.records.map((row) => ({
    id: `${key}:${row.mchRefundNo}`,
    provider: 'SHOUTU',
    merchantRefundId: row.mchRefundNo,
    providerRefundId: row.channelOrderNo,
    status: STATUSES[row.refundState] ?? 'PROCESSING',
    reason: row.refundReason,
    createdAt: instant(row.createdTime),
    completedAt: instant(row.successTime),
    amount: money(row.refundAmount),
    account: { id: key, key },
  }));
  return { nodes, pageInfo: { hasNextPage: true, endCursor: nodes.at(-1)?.id ?? null } };
}

/** Says where a server listens, as the bench expects it. */
export const ready = (port) => process.stdout.write(`ready: http://127.0.0.1:${port}\n`);
