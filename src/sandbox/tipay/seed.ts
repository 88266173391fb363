/** What TiPay's seed refunds look like. */
import type { Failure } from '../model.ts';
import type { Seed } from '../provider.ts';
import { pick } from '../random.ts';

const REASONS = [
  '用户申请退货并退款',
  '数字藏品发行取消',
  '重复支付,退回一笔',
  '库存不足,系统自动退款',
  '商家协商一致退款 / agreed with the buyer',
  '价格保护退差价',
  '订单超时未发货',
] as const;
const FAILURES: readonly [Failure, ...Failure[]] = [
  { code: 'OPR19999', message: '银行账户状态异常' },
  { code: 'OPR19999', message: '原卡已注销,请联系用户更换收款账户' },
];
const RECEIVERS = ['', '', '{"receiverType":"BANKCARD","bankName":"招商银行","cardTail":"6021"}'] as const;

export const tiPaySeed: Seed = {
  prefix: 'CHAIN',
  count: 120,
  mostPerPayment: 3,
  fee: (amount) => amount / 100n,
  reason: (random) => pick(random, REASONS),
  failure: (random) => pick(random, FAILURES),
  word: (status, random) => {
    if (status === 'PROCESSING') return pick(random, [null, null, 'SUSPEND']);
    return status === 'FAILED' ? pick(random, [null, null, 'REJECT', 'REJECTIVE']) : null;
  },
  extra: (amount, random) => {
    // Some are paid out of two accounts of the merchant.
    const fromFund = random() < 0.2 ? { fromFund: (amount / 3n).toString() } : {};
    return { ...fromFund, channelReceiverInfo: pick(random, RECEIVERS) };
  },
  demoPayments: [
    { providerPaymentId: '1013DEMO1', merchantPaymentId: 'ORDERDEMO1' },
    { providerPaymentId: '1013DEMO2', merchantPaymentId: 'ORDERDEMO2' },
    { providerPaymentId: '1013DEMO3', merchantPaymentId: 'ORDERDEMO3' },
  ],
  stubborn: () => [
    { providerPaymentId: '1013UNPAID1', merchantPaymentId: 'ORDERUNPAID1', obstacle: 'UNPAID', paidAt: null },
    { providerPaymentId: '1013SPLIT1', merchantPaymentId: 'ORDERSPLIT1', obstacle: 'SPLIT', paidAt: null },
  ],
};
