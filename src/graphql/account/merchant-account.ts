/** MerchantAccount: one contract with one provider. */
import type { AccountHealth, ProviderAccount } from '../../providers/provider.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RefundLookup } from '../../refunds/observation.ts';
import { builder } from '../builder.ts';
import { ProviderEnum, whereOneIdIsEnough } from '../details/details.ts';
import type { ProviderErrorCode } from '../../providers/errors.ts';
import { failureSentence } from '../errors.ts';
import { accountGlobalId } from '../relay/global-id.ts';
import { NodeInterface } from '../relay/node.ts';

const RefundKeyNameEnum = builder.enumType('RefundKeyName', {
  description: 'An id by which a provider can be asked about a refund.',
  values: {
    MERCHANT_REFUND_ID: { value: 'merchantRefundId', description: '`Refund.merchantRefundId`.' },
    PROVIDER_REFUND_ID: { value: 'providerRefundId', description: '`Refund.providerRefundId`.' },
    MERCHANT_PAYMENT_ID: { value: 'merchantPaymentId', description: '`Payment.merchantPaymentId`.' },
    PROVIDER_PAYMENT_ID: { value: 'providerPaymentId', description: '`Payment.providerPaymentId`.' },
  } as const satisfies Readonly<Record<string, { readonly value: keyof RefundLookup; readonly description: string }>>,
});

const CapabilitiesType = builder.objectRef<ProviderAccount>('ProviderCapabilities').implement({
  description: 'What this account can do.',
  fields: (t) => ({
    list: t.boolean({
      description: 'Can list refunds itself, page by page. The others are listed from what this server has seen.',
      resolve: ({ list }) => list !== undefined,
    }),
    create: t.boolean({ description: 'Takes `createRefund`.', resolve: ({ create }) => create !== undefined }),
    partialRefund: t.exposeBoolean('partialRefund', { description: 'A payment can be given back in parts.' }),
    lookupKeys: t.field({
      type: [RefundKeyNameEnum],
      description:
        `Which keys find a refund that this server does not know. ${whereOneIdIsEnough()}: \`refund\` with ` +
        '`read: PROVIDER` says so when ids are missing.',
      resolve: ({ queriedBy }) => [...new Set(queriedBy.flat())],
    }),
    callbacks: t.boolean({
      description: 'The provider tells by itself when a refund changes.',
      resolve: ({ callbacks }) => callbacks !== undefined,
    }),
  }),
});

const FailureCodeEnum = builder.enumType('ProviderFailureCode', {
  description: 'Why a call to a provider failed.',
  values: {
    UNAVAILABLE: { description: 'It could not be reached, or calls to it are held back for some seconds.' },
    TIMED_OUT: { description: 'It did not answer in time.' },
    REJECTED: { description: 'It answered no.' },
    MISCONFIGURED: { description: 'It does not accept the settings of the account: its keys, ids or address.' },
    MALFORMED: { description: 'Its answer could not be read.' },
    TRY_LATER: { description: "It answered that it can't tell now." },
  } as const satisfies Record<ProviderErrorCode, object>,
});

/** A failed call as frontends see it: a code to branch on, a sentence of ours to show. */
export const ProviderFailureType = builder
  .objectRef<{
    readonly at: Date;
    readonly code: ProviderErrorCode;
    /** Of a record that could not be read: what of it was wrong. */
    readonly member?: string;
  }>('ProviderFailure')
  .implement({
    description: 'A call to a provider that failed.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When it failed.' }),
      code: t.expose('code', { type: FailureCodeEnum, description: 'What kind of failure it was, to branch on.' }),
      message: t.string({
        description: 'What failed, in a sentence of this server.',
        resolve: ({ code, member }) =>
          member === undefined
            ? `The provider ${failureSentence(code)}.`
            : `A record of the provider can not be read: ${member}.`,
      }),
    }),
  });

const HealthStatusEnum = builder.enumType('ProviderHealthStatus', {
  description: "How calls to an account's provider go.",
  values: {
    HEALTHY: { description: 'The last calls went well.' },
    DEGRADED: {
      description: 'The last call failed, or another one within the last minute; or a record of it could not be read.',
    },
    UNAVAILABLE: { description: 'Five calls in a row failed: for some seconds none is sent.' },
    UNKNOWN: { description: 'No call has been made yet.' },
  },
});

/** An account's health, and whose it is. */
export const HealthType = builder
  .objectRef<AccountHealth & { readonly account: AccountKey }>('ProviderHealth')
  .implement({
    description: 'How the last calls to this account went.',
    fields: (t) => ({
      status: t.expose('status', { type: HealthStatusEnum, description: 'How it is now.' }),
      lastSuccessAt: t.expose('lastSuccessAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When a call last went well; null: not since this server started.',
      }),
      lastFailure: t.expose('lastFailure', {
        type: ProviderFailureType,
        nullable: true,
        description: 'The last call that failed; null: none since this server started.',
      }),
    }),
  });

export const MerchantAccountType = builder.objectRef<ProviderAccount>('MerchantAccount').implement({
  description:
    'One contract with one provider: credentials, currency, zone. Requests may touch only the accounts that their token names.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'The same for ever, at every server.', resolve: ({ key }) => accountGlobalId(key) }),
    key: t.exposeString('key', { description: 'The id given in the configuration, e.g. library.' }),
    provider: t.expose('provider', { type: ProviderEnum, description: 'Whose account it is.' }),
    displayName: t.exposeString('displayName', { description: 'A name for people, from the configuration.' }),
    currency: t.expose('currency', {
      type: 'CurrencyCode',
      description: 'The currency of everything in this account.',
    }),
    timeZone: t.exposeString('timeZone', { description: 'The IANA zone of its days, e.g. Asia/Shanghai.' }),
    capabilities: t.field({
      type: CapabilitiesType,
      description: 'What can be asked of it.',
      resolve: (account) => account,
    }),
    health: t.field({
      type: HealthType,
      description: 'Whether its provider answers.',
      resolve: ({ key, health }) => ({ account: key, ...health() }),
    }),
  }),
});

builder.queryField('accounts', (t) =>
  t.field({
    type: [MerchantAccountType],
    description: 'The accounts that your token names.',
    complexity: { field: 1, multiplier: 3 },
    resolve: (_root, _args, { accounts }) => accounts,
  }),
);
