/** A TiPay account against a stub, with the keys of the signature vectors for the platform. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { CreateCommand, ProviderAccount } from '../../../src/providers/provider.ts';
import { signText, type RsaHash } from '../../../src/providers/wire/rsa.ts';
import { tiPayAccount } from '../../../src/providers/tipay/index.ts';
import { tiPaySettings } from '../../../src/providers/tipay/settings.ts';
import type { WingParts } from '../../../src/providers/wing.ts';
import { merchantPaymentId, merchantRefundId } from '../../../src/refunds/ids.ts';
import type { RefundLookup } from '../../../src/refunds/observation.ts';

export const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/tipay/${name}.json`, import.meta.url), 'utf8');

/** Vectors computed outside this project. */
export const vectors = z
  .object({
    tipay: z.object({
      requests: z.array(
        z.object({
          method: z.enum(['GET', 'POST']),
          paramsJson: z.string(),
          timestamp: z.string(),
          appKey: z.string(),
          signature: z.string(),
        }),
      ),
      callback: z.object({
        publicKeySpkiBase64: z.string(),
        privateKeyPkcs8Base64: z.string(),
        response: z.string(),
        sign: z.string(),
      }),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/signatures.json', import.meta.url), 'utf8'))).tipay;

/** The time of the documented example's headers. */
export const NOW = new Date(1_647_751_123_703);

export const ORDER = 'bda4e84ef8ee427b830d869d7a6bfd71';
export const REQUEST = '1b118148eaf54b09a213adcb332d7a19';

export const settingsText = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  key: 'chain',
  provider: 'TIPAY',
  displayName: 'TiPay',
  baseUrl: 'http://127.0.0.1:1',
  currency: 'CNY',
  appId: 'tichain000000',
  appKey: 'test-app-key',
  merchantNo: '1008xxxxxxx',
  platformPublicKey: vectors.callback.publicKeySpkiBase64,
  ...more,
});

export const openTiPay = (more: Record<string, unknown> = {}, deps: Partial<WingParts> = {}): ProviderAccount =>
  tiPayAccount(tiPaySettings.parse(settingsText(more)), { clock: () => NOW, random: () => 0, ...deps });

export const lookup = (ids: { refund?: string; payment?: string } = {}): RefundLookup => ({
  merchantRefundId: ids.refund === undefined ? null : merchantRefundId(ids.refund),
  providerRefundId: null,
  merchantPaymentId: ids.payment === undefined ? null : merchantPaymentId(ids.payment),
  providerPaymentId: null,
});

export const ask = (account: ProviderAccount, ids = { refund: REQUEST, payment: ORDER }) => {
  const query = account.query(lookup(ids));
  if (!query) throw new Error('the account can not be asked by these ids');
  return query.send(AbortSignal.timeout(5_000)).then(({ observations }) => observations);
};

export const send = (account: ProviderAccount, more: Partial<CreateCommand> = {}) => {
  if (!account.create) throw new Error('the account can not create');
  const command: CreateCommand = {
    merchantRefundId: merchantRefundId(REQUEST),
    merchantPaymentId: ORDER,
    providerPaymentId: null,
    amount: { minorUnits: 1n, currency: 'CNY' },
    reason: '用户申请退货并退款',
    callbackUrl: 'https://example.org/notify/chain',
    details: null,
    ...more,
  };
  return account.create.send(command, AbortSignal.timeout(5_000));
};

/** The query's `data`, as TiPay prints it. */
export const record = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  code: 'OPR00000',
  message: '成功',
  merchantNo: '1008xxxxxxx',
  orderId: ORDER,
  refundRequestId: REQUEST,
  uniqueOrderNo: '1013202301300000005245245059',
  uniqueRefundNo: '1002202301300000005245434665',
  refundAmount: '0.01',
  returnMerchantFee: '0.00',
  status: 'SUCCESS',
  description: '用户申请退货并退款',
  refundRequestDate: '2023-01-30 17:08:14',
  refundSuccessDate: '2023-01-30 17:08:15',
  failReason: '',
  realRefundAmount: '0.01',
  cashRefundFee: '0.01',
  refundAccountDetail: '[{"accountType":"SETTLE_ACCOUNT","debitAmount":0.01}]',
  channelReceiverInfo: '',
  ...more,
});
export const success = (data: unknown) => ({ code: 200, success: true, data, msg: '操作成功' });
export const refusal = (code: number | string, msg = '他们的话') => ({ code, success: false, data: null, msg });

const platformKey = createPrivateKey({
  key: Buffer.from(vectors.callback.privateKeyPkcs8Base64, 'base64'),
  format: 'der',
  type: 'pkcs8',
});
export const FORM = 'application/x-www-form-urlencoded';
/** A callback's form over a `response` text. */
export const callbackForm = (response: string, hash: RsaHash = 'SHA1'): Buffer =>
  Buffer.from(new URLSearchParams({ response, sign: signText(response, platformKey, hash) }).toString());

export const readCallback = (account: ProviderAccount, body: Buffer, contentType = FORM) => {
  if (!account.callbacks) throw new Error('the account takes no callbacks');
  return account.callbacks.read({ contentType, body, headers: {} });
};
