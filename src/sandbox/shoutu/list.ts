/** Shoutu's `querylist`: conditions, order, pages. */
import { z } from 'zod';
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
  const rows = world.book
    .refunds('SHOUTU')
    .map((refund) => shoutuRecord(refund, world.book.paymentOf(refund), appId))
    .filter((record) => queries.every(({ field, value }) => valueOf(record, field, tenantId) === value));
  const order = orders[0]?.order;
  if (order !== undefined) {
    // The sort is stable, and descending is the exact reverse of ascending: equal times keep one order.
    rows.sort((a, b) => (a.createdTime < b.createdTime ? -1 : a.createdTime > b.createdTime ? 1 : 0));
    if (order === DESCENDING) rows.reverse();
  }
  return {
    records: rows.slice((page - 1) * size, page * size),
    total: String(rows.length),
    size: String(size),
    current: String(page),
  };
}

const valueOf = (record: ShoutuRecord, field: keyof ShoutuRecord | 'tenantId', tenantId: string): string =>
  field === 'tenantId' ? tenantId : record[field];
