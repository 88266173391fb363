/** Shoutu's `querylist`: conditions, order, pages. */
import { z } from 'zod';
import type { Refund } from '../model.ts';
import type { World } from '../simulation.ts';
import { Refusal } from '../simulation.ts';
import { explain } from '../parse.ts';
import { INVALID } from './codes.ts';
import { RECORD_FIELDS, shoutuRecord, type ShoutuRecord } from './record.ts';

const EQUALS = '0';
const DESCENDING = '0';
const MAX_SIZE = 100;

const queryPage = z.strictObject({
  orders: z
    .array(z.strictObject({ fieldName: z.literal('createdTime'), order: z.enum([DESCENDING, '1']) }))
    .max(1)
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
  // The largest page is not documented; a larger one is refused here, so that nobody relies on a silent clamp.
  size: z.int32().min(1).max(MAX_SIZE).default(10),
});
const request = z.object({ queryPage });

/** One page of the refunds that meet every condition. Without an order: as they were made. Throws Refusal. */
export function shoutuPage(body: unknown, world: World): object {
  const read = request.safeParse(body);
  if (!read.success) throw new Refusal(INVALID, `参数有误: ${explain(read.error)}`);
  const { orders = [], page, queries = [], size } = read.data.queryPage;
  const { appId, tenantId } = world.keys.shoutu;
  const recordOf = (refund: Refund): ShoutuRecord => shoutuRecord(refund, world.book.paymentOf(refund), appId);
  const rows = world.book.refunds('SHOUTU').filter((refund) => {
    if (queries.length === 0) return true;
    const record = recordOf(refund);
    return queries.every(({ field, value }) => (field === 'tenantId' ? tenantId : record[field]) === value);
  });
  const order = orders[0]?.order;
  if (order !== undefined) {
    // By the second, as shown. The sort is stable, and descending is the exact reverse of ascending: equal times keep one order.
    rows.sort((a, b) => Math.floor(a.createdAt / 1000) - Math.floor(b.createdAt / 1000));
    if (order === DESCENDING) rows.reverse();
  }
  return {
    records: rows.slice((page - 1) * size, page * size).map(recordOf),
    total: String(rows.length),
    size: String(size),
    current: String(page),
  };
}
