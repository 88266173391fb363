/** A Shoutu account against a stub, with the ids of the documented sample and a signer of the test's own. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { CreateCommand, ProviderAccount } from '../../../src/providers/provider.ts';
import { shoutuAccount } from '../../../src/providers/shoutu/index.ts';
import { shoutuSettings } from '../../../src/providers/shoutu/settings.ts';
import type { WingParts } from '../../../src/providers/wing.ts';
import { NO_CONDITIONS, type RefundConditions } from '../../../src/refunds/filter.ts';
import { merchantRefundId, providerPaymentId, providerRefundId } from '../../../src/refunds/ids.ts';
import { answerOf, type RefundLookup } from '../../../src/refunds/observation.ts';
import type { ShoutuDetails, ShoutuRefundMode } from '../../../src/refunds/refund.ts';
import type { StubRequest } from '../../support/stub-server.ts';

export const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/shoutu/${name}.json`, import.meta.url), 'utf8');

/** 2023-11-14T22:13:20Z, the reqTime of the signature vectors. */
const NOW = new Date(1_700_000_000_000);
const SECRET = 'test-secret-key';

export const settingsOf = (more: Record<string, unknown> = {}) =>
  shoutuSettings.parse({
    key: 'library',
    provider: 'SHOUTU',
    displayName: 'Capital Library',
    baseUrl: 'http://127.0.0.1:1',
    appId: 'Aleph001',
    tenantId: 'a000001',
    secret: SECRET,
    ...more,
  });

export const openShoutu = (more: Record<string, unknown> = {}, deps: Partial<WingParts> = {}): ProviderAccount =>
  shoutuAccount(settingsOf(more), { clock: () => NOW, random: () => 0, ...deps });

const signal = () => AbortSignal.timeout(5_000);

export const listOf = (account: ProviderAccount) => {
  if (!account.list) throw new Error('the account can not list');
  return account.list;
};
export const page = (
  account: ProviderAccount,
  conditions: Partial<RefundConditions> = {},
  ask: { page?: number; size?: number; direction?: 'ASC' | 'DESC' } = {},
) =>
  listOf(account)
    .page({ page: 0, size: 10, direction: 'DESC', ...ask, conditions: { ...NO_CONDITIONS, ...conditions } }, signal())
    .then(({ records, ...rest }) => ({ observations: answerOf(records).observations, ...rest }));

export const lookupOf = (ids: { refund?: string; theirRefund?: string; theirPayment?: string }): RefundLookup => ({
  merchantRefundId: ids.refund === undefined ? null : merchantRefundId(ids.refund),
  providerRefundId: ids.theirRefund === undefined ? null : providerRefundId(ids.theirRefund),
  merchantPaymentId: null,
  providerPaymentId: ids.theirPayment === undefined ? null : providerPaymentId(ids.theirPayment),
});
export const ask = (account: ProviderAccount, ids: Parameters<typeof lookupOf>[0]) => {
  const query = account.query(lookupOf(ids));
  if (!query) throw new Error('the account can not be asked by these ids');
  return query.send(signal()).then(({ observations }) => observations);
};

/** What a caller chose of what only Shoutu has, as the ledger keeps it. */
export const chosen = (refundMode: ShoutuRefundMode, businessId: string | null): ShoutuDetails => ({
  provider: 'SHOUTU',
  merchantNo: null,
  merchantName: null,
  branchMerchantNo: null,
  appId: null,
  refundMode,
  businessId,
  extension: null,
});

/** The refund of the create vector. */
const command = (more: Partial<CreateCommand> = {}): CreateCommand => ({
  merchantRefundId: merchantRefundId('R0001'),
  merchantPaymentId: null,
  providerPaymentId: 'P20240731',
  amount: { minorUnits: 10_000n, currency: 'CNY' },
  reason: null,
  callbackUrl: 'https://example.org/notify/library',
  details: chosen('ENTIRE_REFUND', '读者押金'),
  ...more,
});
export const send = (account: ProviderAccount, more: Partial<CreateCommand> = {}) => {
  if (!account.create) throw new Error('the account can not create');
  return account.create.send(command(more), signal());
};

/** A record as Shoutu prints it: all text, "" for nothing. */
export const record = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  channelOrderNo: 'C0001',
  mchRefundNo: 'R0001',
  channelPayOrderNo: 'P20240731',
  mchNo: 'M1',
  mchName: '首都图书馆',
  mchNoBranch: '',
  appId: 'Aleph001',
  refundMode: 'ENTIRE_REFUND',
  businessId: '',
  payAmount: '10000',
  refundAmount: '10000',
  refundState: '1',
  refundReason: '',
  extJsonb: '',
  errCode: '',
  errMsg: '',
  successTime: '',
  createdTime: '2023-11-15 06:13:20',
  ...more,
});
export const success = (data?: unknown) => ({ code: '0', msg: 'SUCCESS', ...(data !== undefined && { data }) });
export const rows = (records: unknown[], more: Record<string, unknown> = {}) =>
  success({ records, total: String(records.length), size: '10', current: '1', ...more });

/** What a request asked for in its `queryPage`. */
export const askedPage = (request: StubRequest | undefined) =>
  z
    .object({
      queryPage: z.object({
        orders: z.array(z.unknown()),
        page: z.number(),
        queries: z.array(z.object({ cp: z.string(), field: z.string(), lc: z.string(), value: z.string() })),
        size: z.number(),
      }),
    })
    .parse(JSON.parse(request?.body ?? 'null')).queryPage;
/** The conditions of a request as `field cp value`, the tenant's left out. */
export const askedConditions = (request: StubRequest | undefined): string[] =>
  askedPage(request)
    .queries.filter(({ field }) => field !== 'tenantId')
    .map(({ field, cp, value }) => `${field} ${cp} ${value}`);

/** The rule of shoutu.md for members that are all text, written a second time for the test. */
export function signed(members: Record<string, string>, secret = SECRET): Record<string, string> {
  const pairs = Object.entries(members).filter(([, value]) => value !== '');
  const text = pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`);
  const sign = createHash('md5')
    .update([...text, `key=${secret}`].join('&'))
    .digest('hex')
    .toUpperCase();
  return { ...members, sign };
}
export const FORM = 'application/x-www-form-urlencoded';
export const readCallback = (account: ProviderAccount, body: string | Buffer, contentType: string) => {
  if (!account.callbacks) throw new Error('the account takes no callbacks');
  return account.callbacks.read({ contentType, body: Buffer.from(body), headers: {} });
};
