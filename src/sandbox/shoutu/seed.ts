/** What Shoutu's seed refunds look like. */
import type { Failure } from '../model.ts';
import type { Seed } from '../provider.ts';
import { pick } from '../random.ts';

const REASONS = [
  '读者押金退还',
  '读者证注销,押金退回',
  '讲座取消,票款退回',
  '重复缴费',
  '古籍复制服务未完成,部分退款',
  '活动改期,读者申请退款',
  '文创商品质量问题',
  '座位预约超时自动退款',
  '',
] as const;
const FAILURES: readonly [Failure, ...Failure[]] = [
  { code: 'USER_ACCOUNT_ABNORMAL', message: '用户账户异常,退款失败' },
  { code: 'NOTENOUGH', message: '商户可用退款余额不足' },
];
const BUSINESS_IDS = ['reader-deposit', 'lecture-2025', '古籍编目', 'shop', ''] as const;
const EXTENSIONS = ['', '', '{"readerNo":"R0031872","desk":"总馆-2F"}', '{"batch":17,"operator":"张伟"}'] as const;
const BRANCHES = ['', 'M1691231069-02', 'M1691231069-07'] as const;

export const shoutuSeed: Seed = {
  prefix: 'LIB',
  count: 240,
  mostPerPayment: 4,
  fee: () => 0n,
  reason: (random) => pick(random, REASONS),
  failure: (random) => pick(random, FAILURES),
  word: () => null,
  extra: (_amount, random) => ({
    refundMode: pick(random, ['ENTIRE_REFUND', 'ITEMIZED_REFUND']),
    businessId: pick(random, BUSINESS_IDS),
    extJsonb: pick(random, EXTENSIONS),
    mchNoBranch: pick(random, BRANCHES),
  }),
  demoPayments: [
    { providerPaymentId: 'PAY-DEMO-1', merchantPaymentId: 'ORDER-DEMO-1' },
    { providerPaymentId: 'PAY-DEMO-2', merchantPaymentId: 'ORDER-DEMO-2' },
    { providerPaymentId: 'PAY-DEMO-3', merchantPaymentId: 'ORDER-DEMO-3' },
  ],
  stubborn: () => [
    { providerPaymentId: 'PAY-UNPAID-1', merchantPaymentId: 'ORDER-UNPAID-1', obstacle: 'UNPAID', paidAt: null },
  ],
};
