/** TiPay 天河链, as the list of providers has it. */
import { openWith, type SimulatedProvider } from '../provider.ts';
import { digits } from '../random.ts';
import { newTiPayKeys, tiPayKeys } from './keys.ts';
import { tiPaySeed } from './seed.ts';
import { simulateTiPay } from './tipay.ts';

const ACCOUNT_KEY = 'chain';
const tail = (serial: number): string => String(serial).padStart(8, '0');

export const tiPay: SimulatedProvider = {
  title: 'TiPay',
  accountKey: ACCOUNT_KEY,
  createNames: 'merchantPaymentId',
  firstStatus: 'PROCESSING',
  onePerPayment: false,
  failure: { code: 'OPR19999', message: '银行账户状态异常' },
  refundId: (random, serial) => `1002${digits(random, 16)}${tail(serial)}`,
  paymentIds: (random, serial) => ({
    providerPaymentId: `1013${digits(random, 16)}${tail(serial)}`,
    merchantPaymentId: `CHAINPAY${tail(serial)}`,
  }),
  seed: tiPaySeed,
  open: openWith({
    keys: tiPayKeys,
    newKeys: newTiPayKeys,
    simulate: simulateTiPay,
    account: (baseUrl, { appId, appKey, merchantNo, platform }) => ({
      key: ACCOUNT_KEY,
      provider: 'TIPAY',
      displayName: 'TiPay (sandbox)',
      baseUrl,
      currency: 'CNY',
      timeZone: 'Asia/Shanghai',
      appId,
      appKey,
      merchantNo,
      platformPublicKey: platform.publicKey,
    }),
  }),
};
