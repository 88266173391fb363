/** Shoutu's `refundOrder`. */
import { z } from 'zod';
import { isEnd, type Refund } from '../model.ts';
import { explain } from '../parse.ts';
import { Refusal, type WorldWith } from '../simulation.ts';
import { INVALID, REFUSED } from './codes.ts';
import type { ShoutuKeys } from './keys.ts';
import { shoutuRecord } from './record.ts';

const id = z.string().min(1).max(64);
const request = z
  .object({
    channelPayOrderNo: id.optional(),
    mchOrderNo: id.optional(),
    mchRefundNo: id,
    refundMode: z.enum(['ENTIRE_REFUND', 'ITEMIZED_REFUND']),
    businessId: z.string().max(64).optional(),
    refundAmount: z.string().regex(/^[1-9]\d{0,14}$/, 'expected fen as text'),
    refundReason: z.string().max(256).optional(),
    notifyUrl: z.url().optional(),
  })
  .refine((it) => it.channelPayOrderNo !== undefined || it.mchOrderNo !== undefined, {
    error: 'channelPayOrderNo or mchOrderNo is required',
  });

/** A quirk: Jeepay, whose conventions the gateway has, takes one unfinished refund of a payment at a time. */
export const ONE_IN_FLIGHT = 'oneInFlight';

/**
 * Takes a refund, or throws Refusal. A mchRefundNo that was used before is refused, also if that refund
 * failed.
 */
export async function shoutuCreate(body: object, world: WorldWith<ShoutuKeys>): Promise<object> {
  const read = request.safeParse(withoutBlanks(body));
  if (!read.success) throw new Refusal(INVALID, `参数有误: ${explain(read.error)}`);
  const asked = read.data;
  const { book } = world;
  if (book.refund('SHOUTU', asked.mchRefundNo)) throw new Refusal(REFUSED, '商户退款单号已存在');
  const payment = book.payment('SHOUTU', {
    providerPaymentId: asked.channelPayOrderNo,
    merchantPaymentId: asked.mchOrderNo,
  });
  if (!payment) throw new Refusal(REFUSED, '支付订单不存在');
  if (payment.obstacle !== null) throw new Refusal(REFUSED, '订单状态不正确,不可退款');
  if (world.quirks.has(ONE_IN_FLIGHT) && book.refundsOf(payment).some(({ status }) => !isEnd(status))) {
    throw new Refusal(REFUSED, '支付订单具有在途退款申请,请稍后再试');
  }
  const amount = BigInt(asked.refundAmount);
  if (amount > book.left(payment)) throw new Refusal(REFUSED, '退款金额超过订单可退款金额');
  const refund: Refund = {
    provider: 'SHOUTU',
    merchantRefundId: asked.mchRefundNo,
    providerRefundId: world.newRefundId('SHOUTU'),
    providerPaymentId: payment.providerPaymentId,
    amount,
    fee: 0n,
    reason: asked.refundReason ?? '',
    status: 'PENDING',
    word: null,
    createdAt: world.now(),
    completedAt: null,
    failure: null,
    notifyUrl: asked.notifyUrl ?? null,
    submissions: 1,
    plan: [],
    extra: { refundMode: asked.refundMode, businessId: asked.businessId ?? '' },
  };
  await world.accept(refund);
  // The real answer is not public; Jeepay's has these members, and not the whole record.
  const record = shoutuRecord(refund, payment, world.keys.appId);
  const { channelOrderNo, mchRefundNo, payAmount, refundAmount, refundState, errCode, errMsg } = record;
  return { channelOrderNo, mchRefundNo, payAmount, refundAmount, refundState, errCode, errMsg };
}

/** A member that says nothing counts as left out, as it does in the signature. */
const withoutBlanks = (body: object): object =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== '' && value !== null));
