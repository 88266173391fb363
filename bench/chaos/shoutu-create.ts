/**
 * Shoutu's create at its worst: it does nothing that its pages do not promise. A mchRefundNo that was used
 * before makes one more refund, and the sum of a payment's refunds is not checked.
 */
import { z } from 'zod';
import type { Refund } from '../../src/sandbox/model.ts';
import { parseJson } from '../../src/sandbox/parse.ts';
import { shoutuRecord } from '../../src/sandbox/shoutu/record.ts';
import { fitsShoutu } from '../../src/sandbox/shoutu/signature.ts';
import type { ShoutuKeys } from '../../src/sandbox/shoutu/keys.ts';
import type { WorldWith } from '../../src/sandbox/simulation.ts';

const request = z.looseObject({
  appId: z.string(),
  tenantId: z.string(),
  reqTime: z.string().regex(/^\d{13}$/),
  sign: z.string(),
  channelPayOrderNo: z.string(),
  mchRefundNo: z.string().min(1).max(64),
  refundMode: z.enum(['ENTIRE_REFUND', 'ITEMIZED_REFUND']),
  refundAmount: z.string().regex(/^[1-9]\d*$/),
  refundReason: z.string(),
  notifyUrl: z.url(),
});

export async function shoutuCreate(body: string, world: WorldWith<ShoutuKeys>): Promise<string> {
  const asked = request.parse(parseJson(body));
  const { book, keys, newRefundId, now, accept } = world;
  const no = (msg: string): string => JSON.stringify({ code: '9999', msg, data: null });
  if (!fitsShoutu(asked, asked.sign, keys.secret)) return no('sign');
  const payment = book.payment('SHOUTU', { providerPaymentId: asked.channelPayOrderNo });
  if (payment === undefined) return no('payment');
  const refund: Refund = {
    provider: 'SHOUTU',
    merchantRefundId: asked.mchRefundNo,
    providerRefundId: newRefundId('SHOUTU'),
    providerPaymentId: payment.providerPaymentId,
    amount: BigInt(asked.refundAmount),
    fee: 0n,
    reason: asked.refundReason,
    status: 'PENDING',
    word: null,
    createdAt: now(),
    completedAt: null,
    failure: null,
    notifyUrl: asked.notifyUrl,
    submissions: 1,
    plan: [],
    extra: { refundMode: asked.refundMode },
  };
  await accept(refund);
  const { channelOrderNo, mchRefundNo, payAmount, refundAmount, refundState } = shoutuRecord(
    refund,
    payment,
    keys.appId,
  );
  const data = { channelOrderNo, mchRefundNo, payAmount, refundAmount, refundState };
  return JSON.stringify({ code: '0', msg: 'SUCCESS', data });
}
