/** The configuration file with which a refund-graph server speaks to this sandbox. */
import type { Keys } from '../keys.ts';

/** Where the four servers listen. */
export interface SandboxUrls {
  readonly shoutu: string;
  readonly bluepay: string;
  readonly tipay: string;
  readonly control: string;
}

/** The content of the file: three accounts with their keys inline. */
export interface SandboxConfig {
  readonly accounts: readonly [
    Readonly<Record<ShoutuMember, string>>,
    Readonly<Record<BluePayMember, string>>,
    Readonly<Record<TiPayMember, string>>,
  ];
}
type CommonMember = 'key' | 'provider' | 'displayName' | 'baseUrl' | 'currency' | 'timeZone' | 'appId';
type ShoutuMember = CommonMember | 'tenantId' | 'secret';
type BluePayMember = CommonMember | 'privateKey' | 'platformPublicKey';
type TiPayMember = CommonMember | 'appKey' | 'merchantNo' | 'platformPublicKey';

/** The account of each provider in the configuration. */
export const ACCOUNT_KEYS = { SHOUTU: 'library', BLUEPAY: 'blue', TIPAY: 'chain' } as const;

/** All three show UTC+8. */
const timeZone = 'Asia/Shanghai';

/** The configuration for these addresses and keys. */
export const configuration = (urls: SandboxUrls, { shoutu, bluepay, tipay }: Keys): SandboxConfig => ({
  accounts: [
    {
      key: ACCOUNT_KEYS.SHOUTU,
      provider: 'SHOUTU',
      displayName: 'Capital Library (sandbox)',
      baseUrl: urls.shoutu,
      currency: 'CNY',
      timeZone,
      appId: shoutu.appId,
      tenantId: shoutu.tenantId,
      secret: shoutu.secret,
    },
    {
      key: ACCOUNT_KEYS.BLUEPAY,
      provider: 'BLUEPAY',
      displayName: 'BluePay Thailand (sandbox)',
      baseUrl: urls.bluepay,
      currency: 'THB',
      timeZone,
      appId: bluepay.appId,
      privateKey: bluepay.merchant.privateKey,
      platformPublicKey: bluepay.platform.publicKey,
    },
    {
      key: ACCOUNT_KEYS.TIPAY,
      provider: 'TIPAY',
      displayName: 'TiPay (sandbox)',
      baseUrl: urls.tipay,
      currency: 'CNY',
      timeZone,
      appId: tipay.appId,
      appKey: tipay.appKey,
      merchantNo: tipay.merchantNo,
      platformPublicKey: tipay.platform.publicKey,
    },
  ],
});
