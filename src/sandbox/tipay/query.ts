/** TiPay's refund query (documented). */
import { Refusal, type WorldWith } from '../simulation.ts';
import { INVALID, UNKNOWN } from './codes.ts';
import type { TiPayKeys } from './keys.ts';
import { tiPayRow } from './row.ts';

/** The refund named by merchantNo, refundRequestId and orderId, all of them required. Throws Refusal. */
export function tiPayQuery(search: string, world: WorldWith<TiPayKeys>): object {
  const asked = new URLSearchParams(search);
  const { merchantNo } = world.keys;
  const required = (name: string): string => {
    const values = asked.getAll(name);
    const [value] = values;
    if (value === undefined || value === '' || values.length > 1)
      throw new Refusal(INVALID, `参数错误: ${name}不能为空`);
    return value;
  };
  const [merchant, id, orderId] = [required('merchantNo'), required('refundRequestId'), required('orderId')];
  const refund = merchant === merchantNo ? world.book.refund('TIPAY', id) : undefined;
  const payment = refund && world.book.paymentOf(refund);
  const uniqueOrderNo = asked.get('uniqueOrderNo') ?? '';
  const isAsked =
    payment?.merchantPaymentId === orderId && (uniqueOrderNo === '' || payment.providerPaymentId === uniqueOrderNo);
  if (!refund || !payment || !isAsked) throw new Refusal(UNKNOWN, '退款订单不存在');
  return tiPayRow(refund, payment, merchantNo);
}
