/** MerchantAccount: one contract with one provider. */
import type { AccountHealth, ProviderAccount, RefundKeyName } from '../providers/provider.ts';
import type { AccountKey } from '../refunds/ids.ts';
import { builder } from './builder.ts';
import { ProviderEnum } from './enums.ts';
import { failureSentence } from './errors.ts';
import { accountGlobalId } from './global-id.ts';
import { NodeInterface } from './node.ts';

const RefundKeyNameEnum = builder.enumType('RefundKeyName', {
  description: 'An id by which a provider can be asked about a refund.',
  values: {
    MERCHANT_REFUND_ID: { description: '`Refund.merchantRefundId`.' },
    PROVIDER_REFUND_ID: { description: '`Refund.providerRefundId`.' },
    MERCHANT_PAYMENT_ID: { description: '`Payment.merchantPaymentId`.' },
    PROVIDER_PAYMENT_ID: { description: '`Payment.providerPaymentId`.' },
  } satisfies Record<RefundKeyName, object>,
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
        'Which keys find a refund that this server does not know. One is enough, except at TiPay, which needs both: `refund` with ' +
        '`read: PROVIDER` says so when ids are missing.',
      resolve: ({ lookupKeys }) => lookupKeys,
    }),
    callbacks: t.boolean({
      description: 'The provider tells by itself when a refund changes.',
      resolve: ({ callbacks }) => callbacks !== undefined,
    }),
  }),
});

/** A failed call as frontends see it: a code to branch on, a sentence of ours to show. */
export interface FailureFacts {
  readonly at: Date;
  readonly code: string;
}

export const ProviderFailureType = builder.objectRef<FailureFacts>('ProviderFailure').implement({
  description: 'A call to a provider that failed.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it failed.' }),
    code: t.exposeString('code', {
      description: 'UNAVAILABLE, TIMED_OUT, REJECTED, MISCONFIGURED or MALFORMED.',
    }),
    message: t.string({
      description: 'What failed, in a sentence of this server.',
      resolve: ({ code }) => `The provider ${failureSentence(code)}.`,
    }),
  }),
});

const HealthStatusEnum = builder.enumType('ProviderHealthStatus', {
  description: "How calls to an account's provider go.",
  values: {
    HEALTHY: { description: 'The last calls went well.' },
    DEGRADED: { description: 'The last call failed, or another one within the last minute.' },
    UNAVAILABLE: { description: 'Five calls in a row failed: for some seconds none is sent.' },
    UNKNOWN: { description: 'No call has been made yet.' },
  },
});

/** An account's health, and whose it is. */
interface HealthFacts extends AccountHealth {
  readonly account: AccountKey;
}

export const HealthType = builder.objectRef<HealthFacts>('ProviderHealth').implement({
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
