/** Where climbs begin that are known to be dear: as much of one thing as passes the limits. */
import type { Pool } from './pool.ts';

const repeat = (times: number, part: (nth: number) => string): string =>
  Array.from({ length: times }, (_, nth) => part(nth)).join(' ');
const list = (texts: readonly string[], count: number): string =>
  JSON.stringify(Array.from({ length: count }, (_, nth) => texts[nth % texts.length]));

const REFUND = `id merchantRefundId providerRefundId status reason createdAt completedAt updatedAt version
  amount { amount currency } account { key displayName } payment { merchantPaymentId providerPaymentId amount { amount } }`;

/** Operations by what they have much of. */
export function startsFrom(pool: Pool): Readonly<Record<string, string>> {
  const { ids, unknownIds, eventCursors } = pool;
  return {
    'unknown ids': `{ ${repeat(2, (nth) => `a${nth}: nodes(ids: ${list(unknownIds, nth < 1 ? 100 : 50)}) { id }`)} }`,
    'known ids': `{ ${repeat(2, (nth) => `a${nth}: nodes(ids: ${list(ids, nth < 1 ? 100 : 50)}) { ... on Refund { ${REFUND} } }`)} }`,
    'lists of providers': `{ ${repeat(15, (nth) => `a${nth}: refunds(first: 100, read: PROVIDER, filter: { search: "${nth}" }) { nodes { id } }`)} }`,
    'long lists of providers': `{ ${repeat(1, (nth) => `a${nth}: refunds(first: 100, orderBy: { direction: ${nth % 2 === 0 ? 'DESC' : 'ASC'} }) { nodes { ${REFUND} } }`)} }`,
    'lists of the ledger': `{ ${repeat(1, (nth) => `a${nth}: refunds(first: 100, read: LEDGER) { nodes { ${REFUND} } }`)} }`,
    'events of each row': `{ refunds(first: 20, read: LEDGER) { nodes { events(first: 5) { nodes { id status type recordedAt } } } } }`,
    'events by a filter': `{ ${repeat(20, (nth) => `a${nth}: refundEvents(first: 100, after: "${eventCursors[0]}", filter: { search: "${nth}" }) { nodes { id } }`)} }`,
    'events by an id': `{ ${repeat(130, (nth) => `a${nth}: refundEvents(first: 1, filter: { providerRefundId: "@new@" }) { nodes { id } }`)} }`,
    'summaries by day': `{ ${repeat(5, (nth) => `a${nth}: refundSummary(groupBy: [DAY, ACCOUNT, STATUS]) { count day }`)} }`,
    callbacks: `{ ${repeat(2, (nth) => `a${nth}: callbacks(first: 100) { nodes { id state body receivedAt refund { id status } } }`)} }`,
    'single readings': `{ ${repeat(250, (nth) => `a${nth}: latestEventCursor`)} }`,
    'ten refunds': `mutation { ${repeat(10, (nth) => `a${nth}: createRefund(input: { account: "library", idempotencyKey: "@new@", providerPaymentId: "${pool.payments[nth]}", amount: { amount: "0.01", currency: "CNY" } }) { __typename ... on CreateRefundSuccess { refund { ${REFUND} } } }`)} }`,
    introspection: `{ ${repeat(5, (nth) => `a${nth}: __schema { types { name description fields { name description args { name description type { name } } type { name } } } }`)} }`,
    'errors at every id': `{ ${repeat(4, (nth) => `a${nth}: nodes(ids: ${list(['x'], 100)}) { id }`)} }`,
  };
}
