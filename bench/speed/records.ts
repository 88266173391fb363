/** The rows that every server of the bench shows, as the provider writes them. */

/** An account of the bench: one for each connection, so that no two requests of a moment are equal. */
export const ACCOUNTS = 16;
/** Rows of one account's list. */
export const ROWS = 1_000;
export const PAGE = 20;

export const LIST_PATH = '/jiafulai/paymentgateway/api/refund/querylist';
export const CREATE_PATH = '/create';

export const accountName = (nth: number): string => `library${nth}`;

/** The newest row's instant, in epoch milliseconds. */
const NEWEST = Date.UTC(2026, 9, 31, 12);

/** Shoutu's wall times are those of China, eight hours ahead of UTC. */
const wallTime = (at: number): string => new Date(at + 28_800_000).toISOString().slice(0, 19).replace('T', ' ');

/** A record with all eighteen documented members; the newest is 0. */
export function recordText(account: number, nth: number, createdAt = NEWEST - nth * 1_000): string {
  const number = `${String(account).padStart(2, '0')}${String(nth).padStart(9, '0')}`;
  return JSON.stringify({
    channelOrderNo: `502026103112000000${number}`,
    mchRefundNo: `R20261031${number}`,
    channelPayOrderNo: `422026103012000000${number}`,
    mchNo: 'M1691231069',
    mchName: '首都图书馆',
    mchNoBranch: 'M1691231069001',
    appId: 'Aleph001',
    refundMode: 'ENTIRE_REFUND',
    businessId: 'FEE0001',
    payAmount: '5000',
    refundAmount: '1292',
    refundState: nth % 5 === 4 ? '3' : '2',
    refundReason: 'returned on time',
    extJsonb: '{"readerId":"0012345"}',
    errCode: nth % 5 === 4 ? 'USER_ACCOUNT_ABNORMAL' : '',
    errMsg: nth % 5 === 4 ? '用户账户异常,退款失败' : '',
    successTime: nth % 5 === 4 ? '' : wallTime(createdAt + 60_000),
    createdTime: wallTime(createdAt),
  });
}

/** A page of records as Shoutu answers it. `page` counts from 1. */
export const pageText = (records: readonly string[], page: number, size: number): string =>
  `{"code":"0","msg":"SUCCESS","data":{"records":[${records.join(',')}],"total":"${ROWS}","current":"${page}","size":"${size}"}}`;

/** What is shown of each row, by every server. */
export const FIELDS = `id provider merchantRefundId providerRefundId status reason createdAt completedAt
  amount { amount currency } account { key }`;
