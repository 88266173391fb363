/** BluePay, as the list of providers has it. */
import { openWith, type SimulatedProvider } from '../provider.ts';
import { digits } from '../random.ts';
import { simulateBluePay } from './bluepay.ts';
import { bluePayKeys, newBluePayKeys } from './keys.ts';
import { bluePaySeed } from './seed.ts';

const ACCOUNT_KEY = 'blue';
const tail = (serial: number): string => String(serial).padStart(8, '0');

export const bluePay: SimulatedProvider = {
  title: 'BluePay',
  accountKey: ACCOUNT_KEY,
  createNames: 'providerPaymentId',
  firstStatus: 'PENDING',
  onePerPayment: true,
  failure: { code: '-10010', message: 'Channel Refund Failed' },
  refundId: (random, serial) => `18${digits(random, 9)}${tail(serial)}`,
  paymentIds: (random, serial) => ({
    providerPaymentId: `CU${digits(random, 10)}${tail(serial)}`,
    merchantPaymentId: `BLUEPAY${tail(serial)}`,
  }),
  seed: bluePaySeed,
  open: openWith({
    keys: bluePayKeys,
    newKeys: newBluePayKeys,
    simulate: simulateBluePay,
    account: (baseUrl, { appId, merchant, platform }) => ({
      key: ACCOUNT_KEY,
      provider: 'BLUEPAY',
      displayName: 'BluePay Thailand (sandbox)',
      baseUrl,
      currency: 'THB',
      timeZone: 'Asia/Shanghai',
      appId,
      privateKey: merchant.privateKey,
      platformPublicKey: platform.publicKey,
    }),
  }),
};
