/** A BluePay account against a stub, with the keys of the signature vectors for both sides. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { bluePayAccount } from '../../../src/providers/bluepay/index.ts';
import { bluePaySettings } from '../../../src/providers/bluepay/settings.ts';
import type { CreateCommand, ProviderAccount } from '../../../src/providers/provider.ts';
import { signText, type RsaHash } from '../../../src/providers/wire/rsa.ts';
import type { WingParts } from '../../../src/providers/wing.ts';
import { merchantRefundId, providerPaymentId, providerRefundId } from '../../../src/refunds/ids.ts';
import type { RefundLookup } from '../../../src/refunds/observation.ts';
import type { StubRequest } from '../../support/stub-server.ts';

export const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/bluepay/${name}.json`, import.meta.url), 'utf8');

/** Vectors computed outside this project. */
export const vectors = z
  .object({
    bluepay: z.object({
      privateKeyPkcs8Base64: z.string(),
      publicKeySpkiBase64: z.string(),
      cases: z.array(z.object({ param: z.string(), hash: z.enum(['sha256', 'sha1']), sign: z.string() })),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/signatures.json', import.meta.url), 'utf8'))).bluepay;

/** 2024-07-31T09:08:02Z, the time of the documented request. */
const NOW = new Date(1_722_416_882_000);

export const settingsText = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  key: 'blue',
  provider: 'BLUEPAY',
  displayName: 'BluePay Thailand',
  baseUrl: 'http://127.0.0.1:1',
  currency: 'THB',
  appId: '733b887a4a784708bb369524db5b6ded',
  privateKey: vectors.privateKeyPkcs8Base64,
  platformPublicKey: vectors.publicKeySpkiBase64,
  ...more,
});

export const openBluePay = (more: Record<string, unknown> = {}, deps: Partial<WingParts> = {}): ProviderAccount =>
  bluePayAccount(bluePaySettings.parse(settingsText(more)), { clock: () => NOW, random: () => 0, ...deps });

export const lookup = (ids: { refund?: string; theirRefund?: string; theirPayment?: string }): RefundLookup => ({
  merchantRefundId: ids.refund === undefined ? null : merchantRefundId(ids.refund),
  providerRefundId: ids.theirRefund === undefined ? null : providerRefundId(ids.theirRefund),
  merchantPaymentId: null,
  providerPaymentId: ids.theirPayment === undefined ? null : providerPaymentId(ids.theirPayment),
});

const command = (more: Partial<CreateCommand> = {}): CreateCommand => ({
  merchantRefundId: merchantRefundId('refund7806664227088'),
  merchantPaymentId: null,
  providerPaymentId: 'CU51856318914782320',
  amount: { minorUnits: 10_000n, currency: 'THB' },
  reason: '退货 / return',
  callbackUrl: 'https://example.org/notify/blue',
  details: null,
  ...more,
});

export const send = (account: ProviderAccount, more: Partial<CreateCommand> = {}) => {
  if (!account.create) throw new Error('the account can not create');
  return account.create.send(command(more), AbortSignal.timeout(5_000));
};

export const ask = (account: ProviderAccount, ids: Parameters<typeof lookup>[0]) => {
  const query = account.query(lookup(ids));
  if (!query) throw new Error('the account can not be asked by these ids');
  return query.send(AbortSignal.timeout(5_000)).then(({ observations }) => observations);
};

/** The members for which records of an answer could not be read, in their order. */
export const unreadIn = async (account: ProviderAccount, ids: Parameters<typeof lookup>[0]) => {
  const told = await account.query(lookup(ids))?.send(AbortSignal.timeout(5_000));
  return told?.unreadable.map(({ member }) => member);
};

/** The envelope as it stood on the wire. */
export const sentEnvelope = (request: StubRequest | undefined) =>
  z.strictObject({ appId: z.string(), param: z.string(), sign: z.string() }).parse(JSON.parse(request?.body ?? 'null'));

/** A row of the query, as BluePay prints it. */
export const row = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  mchRefundOrderId: 'refund7806664227088',
  originalTransactionId: 'CU51856318914782320',
  refundTransactionId: '1818563941756964864',
  refundAmount: 10000,
  feeRefunded: 1000,
  refundStatus: 'COMPLETED',
  refundCreateTime: '2024-07-31 16:26:46',
  refundReturnTime: '2024-07-31 16:26:48',
  ...more,
});
export const success = (data?: unknown) => ({ code: 10000, message: 'Success', ...(data !== undefined && { data }) });

const platformKey = createPrivateKey({
  key: Buffer.from(vectors.privateKeyPkcs8Base64, 'base64'),
  format: 'der',
  type: 'pkcs8',
});
/** A callback's body over a `param` text. */
export const callbackBody = (param: string, hash: RsaHash = 'SHA256'): Buffer =>
  Buffer.from(JSON.stringify({ param, sign: signText(param, platformKey, hash) }));

export const readCallback = (account: ProviderAccount, body: Buffer, contentType = 'application/json') => {
  if (!account.callbacks) throw new Error('the account takes no callbacks');
  return account.callbacks.read({ contentType, body, headers: {} });
};
