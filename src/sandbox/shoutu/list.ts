/** Shoutu's `querylist`: conditions, order, pages. */
import { z } from 'zod';
import type { Refund } from '../model.ts';
import { explain } from '../parse.ts';
import { Refusal, type WorldWith } from '../simulation.ts';
import { INVALID } from './codes.ts';
import type { ShoutuKeys } from './keys.ts';
import { RECORD_FIELDS, shownRecord } from './record.ts';

const EQUALS = '0';
const DESCENDING = '0';
const ASCENDING = '1';
/** Only createdTime is seen in a sample; the others are unique, so that an order can be made total. */
const ORDER_FIELDS = ['createdTime', 'channelOrderNo', 'mchRefundNo'] as const;
const MAX_SIZE = 100;

const queryPage = z.strictObject({
  orders: z
    .array(z.strictObject({ fieldName: z.enum(ORDER_FIELDS), order: z.enum([DESCENDING, ASCENDING]) }))
    .max(ORDER_FIELDS.length)
    .optional(),
  page: z.int32().min(1).default(1),
  queries: z
    .array(
      z.strictObject({
        cp: z.literal(EQUALS),
        field: z.enum([...RECORD_FIELDS, 'tenantId']),
        lc: z.literal('1').optional(),
        value: z.string(),
      }),
    )
    .optional(),
  // The largest page is not documented. A larger one is refused, so that nobody relies on a silent clamp.
  size: z.int32().min(1).max(MAX_SIZE).default(10),
});
const request = z.object({ queryPage });

type Asked = z.infer<typeof queryPage>;

/** A quirk: what databases do with rows that an order does not tell apart, when pages are cut from it. */
export const TIES_MOVE = 'tiesMove';

/** One page of the refunds that meet every condition. Without an order: as they were made. Throws Refusal. */
export function shoutuPage(body: unknown, world: WorldWith<ShoutuKeys>): object {
  const read = request.safeParse(body);
  if (!read.success) throw new Refusal(INVALID, `参数有误: ${explain(read.error)}`);
  const { orders = [], page, queries = [], size } = read.data.queryPage;
  const { appId, tenantId } = world.keys;
  const met = world.book.refunds('SHOUTU').filter((refund) => {
    if (queries.length === 0) return true;
    const record = shownRecord(refund, world.book.paymentOf(refund), appId);
    return queries.every(({ field, value }) => (field === 'tenantId' ? tenantId : record[field]) === value);
  });
  const rows = sorted(met, orders, world);
  const shown = rows.slice((page - 1) * size, page * size);
  return {
    records: shown.map((refund) => shownRecord(refund, world.book.paymentOf(refund), appId)),
    total: String(rows.length),
    size: String(size),
    current: String(page),
  };
}

type Orders = NonNullable<Asked['orders']>;

/**
 * In the order asked for. Each order after the first sorts the rows that those before it leave equal. Rows
 * that no order tells apart stand as they were made, and in reverse where the first order is descending.
 */
function sorted(rows: readonly Refund[], orders: Orders, world: WorldWith<ShoutuKeys>): readonly Refund[] {
  const [first] = orders;
  if (!first) return rows;
  if (world.quirks.has(TIES_MOVE)) return shuffled(rows, world).toSorted(comparing([first]));
  const asMade = first.order === DESCENDING ? rows.toReversed() : rows;
  return asMade.toSorted(comparing(orders));
}

type Compare = (a: Refund, b: Refund) => number;

const comparing =
  (orders: Orders): Compare =>
  (a, b) =>
    orders
      .map(({ fieldName, order }) => (order === DESCENDING ? BY[fieldName](b, a) : BY[fieldName](a, b)))
      .find((sign) => sign !== 0) ?? 0;

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** The fields of orders. Times count by the second, as they are shown. */
const BY: Readonly<Record<(typeof ORDER_FIELDS)[number], Compare>> = {
  createdTime: (a, b) => Math.floor(a.createdAt / 1000) - Math.floor(b.createdAt / 1000),
  channelOrderNo: (a, b) => byText(a.providerRefundId, b.providerRefundId),
  mchRefundNo: (a, b) => byText(a.merchantRefundId, b.merchantRefundId),
};

const shuffled = (rows: readonly Refund[], { random }: WorldWith<ShoutuKeys>): readonly Refund[] =>
  rows
    .map((row) => ({ row, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ row }) => row);
