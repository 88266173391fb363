/** TiPay's create and its same-id rule (public page). */
import { z } from 'zod';
import { fromYuan } from './amount.ts';
import type { Payment, Refund } from '../model.ts';
import { explain, parseJson } from '../parse.ts';
import { Refusal, type World, type WorldWith } from '../simulation.ts';
import { INVALID, NOT_ACCEPTED } from './codes.ts';
import type { TiPayKeys } from './keys.ts';
import { tiPayAccepted } from './row.ts';

const request = z.object({
  merchantNo: z.string().min(1),
  orderId: z.string().min(1).max(64),
  refundRequestId: z.string().min(1).max(64),
  refundAmount: z.string(),
  description: z.string().max(256).optional(),
  notifyUrl: z.url().optional(),
});
type Asked = z.infer<typeof request>;

/** A create that can be taken up to here; `failed` is what failed before under the same id. */
interface Submission {
  readonly asked: Asked;
  readonly amount: bigint;
  readonly payment: Payment;
  readonly failed: Refund | undefined;
}

/**
 * Takes a refund, or throws Refusal. A failed one is taken again under the same id and goes on as PROCESSING.
 * One that has not failed is answered with what it is now, so that a repeat is harmless. Other input under a
 * used id is refused.
 */
export async function tiPayCreate(body: string, world: WorldWith<TiPayKeys>): Promise<object> {
  const read = request.safeParse(parseJson(body));
  if (!read.success) throw new Refusal(INVALID, `参数错误: ${explain(read.error)}`);
  const asked = read.data;
  const { merchantNo } = world.keys;
  if (asked.merchantNo !== merchantNo) throw new Refusal(NOT_ACCEPTED, '商户不存在');
  const amount = fromYuan(asked.refundAmount);
  if (amount === null || amount <= 0n) throw new Refusal(INVALID, '退款金额格式不正确');
  const payment = world.book.payment('TIPAY', { merchantPaymentId: asked.orderId });
  if (!payment) throw new Refusal(NOT_ACCEPTED, '订单不存在');
  const known = world.book.refund('TIPAY', asked.refundRequestId);
  if (known && (known.amount !== amount || known.providerPaymentId !== payment.providerPaymentId)) {
    throw new Refusal(NOT_ACCEPTED, '退款请求号重复,请求参数不一致');
  }
  if (known && known.status !== 'FAILED') return tiPayAccepted(known, payment, merchantNo);
  const taken = submitted({ asked, amount, payment, failed: known }, world);
  await world.accept(taken);
  return tiPayAccepted(taken, payment, merchantNo);
}

function submitted({ asked, amount, payment, failed }: Submission, world: World): Refund {
  if (payment.obstacle === 'SPLIT') throw new Refusal(NOT_ACCEPTED, '订单已分账,不支持退款');
  if (payment.obstacle !== null) throw new Refusal(NOT_ACCEPTED, '订单未支付成功,不支持退款');
  if (amount > world.book.left(payment)) throw new Refusal(NOT_ACCEPTED, '退款金额大于可退金额');
  return {
    provider: 'TIPAY',
    merchantRefundId: asked.refundRequestId,
    providerRefundId: failed?.providerRefundId ?? world.newRefundId('TIPAY'),
    providerPaymentId: payment.providerPaymentId,
    amount,
    fee: (amount * 6n) / 1000n,
    reason: asked.description ?? failed?.reason ?? '',
    status: 'PROCESSING',
    word: null,
    createdAt: failed?.createdAt ?? world.now(),
    completedAt: null,
    failure: null,
    notifyUrl: asked.notifyUrl ?? failed?.notifyUrl ?? null,
    submissions: (failed?.submissions ?? 0) + 1,
    plan: [],
    extra: failed?.extra ?? {},
  };
}
