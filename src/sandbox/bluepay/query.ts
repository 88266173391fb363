/** BluePay's query: by the payment's id or by the refund's, never by the merchant's own (documented). */
import { z } from 'zod';
import type { Refund } from '../model.ts';
import type { World } from '../simulation.ts';
import { refuse } from './refuse.ts';
import { bluePayRow } from './row.ts';

const id = z.string().min(1).max(32);
const request = z
  .object({ originalTransactionId: id.optional(), refundTransactionId: id.optional() })
  .refine((it) => it.originalTransactionId !== undefined || it.refundTransactionId !== undefined, {
    error: 'originalTransactionId or refundTransactionId is required',
  });

/** The refunds asked for, oldest first. A payment without refunds gives an empty array. Throws Refusal. */
export function bluePayQuery(param: unknown, world: World): object[] {
  const read = request.safeParse(param);
  if (!read.success) throw refuse(21002, read.error);
  const { originalTransactionId, refundTransactionId } = read.data;
  return find(world, originalTransactionId, refundTransactionId).map(bluePayRow);
}

function find(world: World, paymentId: string | undefined, refundId: string | undefined): readonly Refund[] {
  const { book } = world;
  if (refundId === undefined) {
    const payment = book.payment('BLUEPAY', { providerPaymentId: paymentId });
    if (!payment) throw refuse(21006);
    return book.refundsOf(payment);
  }
  const refund = book.refunds('BLUEPAY').find((each) => each.providerRefundId === refundId);
  if (!refund || (paymentId !== undefined && refund.providerPaymentId !== paymentId)) throw refuse(21006);
  return [refund];
}
