/** BluePay's create: its rules and their codes (public page). */
import { z } from 'zod';
import type { Payment, Refund } from '../model.ts';
import { isEnd } from '../model.ts';
import type { World } from '../simulation.ts';
import { wallTime } from '../time.ts';
import type { BluePayCode } from './codes.ts';
import { refuse } from './refuse.ts';
import { bluePayStatus, long } from './row.ts';

const LATEST = 60 * 86_400_000;

const request = z.object({
  mchRefundOrderId: z.string().regex(/^[A-Za-z0-9]{1,32}$/, 'expected 1 to 32 letters and digits'),
  originalTransactionId: z.string().min(1).max(32),
  refundAmount: z.number().refine(Number.isSafeInteger, 'expected a long'),
  refundReason: z.string().min(1).max(200).optional(),
  refundCallbackUrl: z.url().min(1).max(256),
});

function obstacleCode(payment: Payment, amount: bigint, now: number): BluePayCode | null {
  const whole = amount === payment.amount;
  if (payment.obstacle === 'UNPAID') return 21408;
  if (payment.obstacle === 'FROZEN' || payment.obstacle === 'SPLIT') return 21402;
  if (payment.paidAt !== null && now - payment.paidAt > LATEST) return 21403;
  if (payment.obstacle === 'NO_FULL' && whole) return 21404;
  if (payment.obstacle === 'NO_PARTIAL' && !whole) return 21405;
  return null;
}

/**
 * Takes a refund, or throws Refusal. One unfinished refund of a payment at a time; a repeated id is an error.
 */
export async function bluePayCreate(param: unknown, world: World): Promise<object> {
  const read = request.safeParse(param);
  if (!read.success) throw refuse(21002, read.error);
  const asked = read.data;
  const { book } = world;
  if (book.refund('BLUEPAY', asked.mchRefundOrderId)) throw refuse(21407);
  const payment = book.payment('BLUEPAY', { providerPaymentId: asked.originalTransactionId });
  if (!payment) throw refuse(21006);
  const amount = BigInt(asked.refundAmount);
  if (amount <= 0n) throw refuse(21406);
  if (book.refundsOf(payment).some(({ status }) => !isEnd(status))) throw refuse(21409);
  if (amount > book.left(payment)) throw refuse(21010);
  const obstacle = obstacleCode(payment, amount, world.now());
  if (obstacle !== null) throw refuse(obstacle);
  const refund: Refund = {
    provider: 'BLUEPAY',
    merchantRefundId: asked.mchRefundOrderId,
    providerRefundId: world.newRefundId('BLUEPAY'),
    providerPaymentId: payment.providerPaymentId,
    amount,
    fee: amount / 100n,
    reason: asked.refundReason ?? '',
    status: 'PENDING',
    word: null,
    createdAt: world.now(),
    completedAt: null,
    failure: null,
    notifyUrl: asked.refundCallbackUrl,
    submissions: 1,
    plan: [],
    extra: {},
  };
  await world.accept(refund);
  return {
    mchRefundOrderId: refund.merchantRefundId,
    refundTransactionId: refund.providerRefundId,
    refundCreateTime: wallTime(refund.createdAt),
    refundAmount: long(refund.amount),
    refundStatus: bluePayStatus(refund),
  };
}
