/** Shoutu 首图支付网关, as the list of providers has it. */
import { openWith, type SimulatedProvider } from '../provider.ts';
import { digits } from '../random.ts';
import { newShoutuKeys, shoutuKeys } from './keys.ts';
import { shoutuSeed } from './seed.ts';
import { simulateShoutu } from './shoutu.ts';

const ACCOUNT_KEY = 'library';
const tail = (serial: number): string => String(serial).padStart(8, '0');

export const shoutu: SimulatedProvider = {
  title: 'Shoutu',
  accountKey: ACCOUNT_KEY,
  createNames: 'providerPaymentId',
  firstStatus: 'PENDING',
  onePerPayment: false,
  failure: { code: 'USER_ACCOUNT_ABNORMAL', message: '用户账户异常,退款失败' },
  refundId: (random, serial) => `50${digits(random, 18)}${tail(serial)}`,
  paymentIds: (random, serial) => ({
    providerPaymentId: `42${digits(random, 18)}${tail(serial)}`,
    merchantPaymentId: `LIBPAY${tail(serial)}`,
  }),
  seed: shoutuSeed,
  open: openWith({
    keys: shoutuKeys,
    newKeys: newShoutuKeys,
    simulate: simulateShoutu,
    account: (baseUrl, keys) => ({
      key: ACCOUNT_KEY,
      provider: 'SHOUTU',
      displayName: 'Capital Library (sandbox)',
      baseUrl,
      currency: 'CNY',
      timeZone: 'Asia/Shanghai',
      ...keys,
    }),
  }),
};
