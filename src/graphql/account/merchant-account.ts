/** MerchantAccount: one contract with one provider. */
import type { AccountHealth, ProviderAccount } from '../../providers/provider.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RefundLookup } from '../../refunds/observation.ts';
import { builder } from '../builder.ts';
import { ProviderEnum } from '../enums.ts';
import type { ProviderErrorCode } from '../../providers/errors.ts';
import { failureSentence } from '../errors.ts';
import { accountGlobalId } from '../relay/global-id.ts';
import { NodeInterface } from '../relay/node.ts';

const RefundKeyNameEnum = builder.enumType('RefundKeyName', {
  values: {
    MERCHANT_REFUND_ID: { value: 'merchantRefundId' },
    PROVIDER_REFUND_ID: { value: 'providerRefundId' },
    MERCHANT_PAYMENT_ID: { value: 'merchantPaymentId' },
    PROVIDER_PAYMENT_ID: { value: 'providerPaymentId' },
  } as const satisfies Readonly<Record<string, { readonly value: keyof RefundLookup }>>,
});

const CapabilitiesType = builder.objectRef<ProviderAccount>('ProviderCapabilities').implement({
  fields: (t) => ({
    list: t.boolean({
      description: 'Can list refunds itself, page by page. The others are listed from what this server has seen.',
      resolve: ({ list }) => list !== undefined,
    }),
    create: t.boolean({ resolve: ({ create }) => create !== undefined }),
    partialRefund: t.exposeBoolean('partialRefund'),
    lookupKeys: t.field({
      type: [RefundKeyNameEnum],
      description:
        'Which keys find a refund that this server does not know. One is enough, except at TiPay, which needs both: `refund` with ' +
        '`read: PROVIDER` says so when ids are missing.',
      resolve: ({ askedBy }) => [...new Set(askedBy.flat())],
    }),
    callbacks: t.boolean({ resolve: ({ callbacks }) => callbacks !== undefined }),
  }),
});

/** A failed call as frontends see it: a code to branch on, a sentence of ours to show. */
export interface FailureFacts {
  readonly at: Date;
  readonly code: ProviderErrorCode;
}

const FailureCodeEnum = builder.enumType('ProviderFailureCode', {
  values: {
    UNAVAILABLE: {},
    TIMED_OUT: {},
    REJECTED: {},
    MISCONFIGURED: {},
    MALFORMED: {},
    TRY_LATER: { description: "It answered that it can't tell now." },
  } as const satisfies Record<ProviderErrorCode, object>,
});

export const ProviderFailureType = builder.objectRef<FailureFacts>('ProviderFailure').implement({
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    code: t.expose('code', { type: FailureCodeEnum }),
    message: t.string({ resolve: ({ code }) => `The provider ${failureSentence(code)}.` }),
  }),
});

const HealthStatusEnum = builder.enumType('ProviderHealthStatus', {
  values: ['HEALTHY', 'DEGRADED', 'UNAVAILABLE', 'UNKNOWN'] as const,
});

/** An account's health, and whose it is. */
interface HealthFacts extends AccountHealth {
  readonly account: AccountKey;
}

export const HealthType = builder.objectRef<HealthFacts>('ProviderHealth').implement({
  description: 'How the last calls to this account went.',
  fields: (t) => ({
    status: t.expose('status', { type: HealthStatusEnum }),
    lastSuccessAt: t.expose('lastSuccessAt', { type: 'DateTime', nullable: true }),
    lastFailure: t.expose('lastFailure', { type: ProviderFailureType, nullable: true }),
  }),
});

export const MerchantAccountType = builder.objectRef<ProviderAccount>('MerchantAccount').implement({
  description:
    'One contract with one provider: credentials, currency, zone. Requests may touch only the accounts that their token names.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ resolve: ({ key }) => accountGlobalId(key) }),
    key: t.exposeString('key', { description: 'The id given in the configuration, e.g. library.' }),
    provider: t.expose('provider', { type: ProviderEnum }),
    displayName: t.exposeString('displayName'),
    currency: t.expose('currency', { type: 'CurrencyCode' }),
    capabilities: t.field({ type: CapabilitiesType, resolve: (account) => account }),
    health: t.field({ type: HealthType, resolve: ({ key, health }) => ({ account: key, ...health() }) }),
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
