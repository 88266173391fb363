/** The contract's enums, from the same lists that the types below come from. */
import type { ObservedVia, Provider, RefundStatus } from '../refunds/refund.ts';
import { builder } from './builder.ts';

export const ProviderEnum = builder.enumType('Provider', {
  description: 'Who moves the money.',
  values: {
    SHOUTU: { description: 'Shoutu.' },
    BLUEPAY: { description: 'BluePay.' },
    TIPAY: { description: 'TiPay.' },
  } satisfies Record<Provider, object>,
});

export const RefundStatusEnum = builder.enumType('RefundStatus', {
  description: 'Where a refund is. SUCCEEDED, FAILED and CANCELED are ends.',
  values: {
    PENDING: { description: 'Recorded here; the provider has not confirmed that it accepted it.' },
    PROCESSING: { description: 'Accepted by the provider, not finished.' },
    SUCCEEDED: { description: 'The money went back. The provider said so.' },
    FAILED: { description: 'The provider said no. See `failure`; a failed refund may be retryable.' },
    CANCELED: { description: 'Ended at the provider without a refund.' },
  } satisfies Record<RefundStatus, object>,
});

export const ObservedViaEnum = builder.enumType('ObservedVia', {
  description: 'How news of a refund reached this server.',
  values: {
    MUTATION: { description: "A mutation, or the provider's answer to it." },
    CALLBACK: { description: 'A callback of the provider.' },
    POLL: { description: 'This server asked the provider by itself, or read its list.' },
    QUERY: { description: "The provider's answer to a query that somebody made here." },
  } satisfies Record<ObservedVia, object>,
});

export const ReadPolicyEnum = builder.enumType('ReadPolicy', {
  description:
    'LEDGER answers from what this server knows; PROVIDER asks; AUTO asks only where the ledger can be out of date.',
  values: {
    AUTO: { description: 'The provider is asked where the ledger can be out of date.' },
    LEDGER: { description: 'What this server knows; no provider is asked.' },
    PROVIDER: { description: 'The provider is asked in any case.' },
  },
});

export const OrderDirectionEnum = builder.enumType('OrderDirection', {
  description: 'Which way a list goes.',
  values: {
    ASC: { description: 'The smallest, or oldest, first.' },
    DESC: { description: 'The largest, or newest, first.' },
  },
});
export const RefundOrderFieldEnum = builder.enumType('RefundOrderField', {
  description: 'What a list is ordered by.',
  values: { CREATED_AT: { description: '`Refund.createdAt`.' } },
});
export const RefundOriginEnum = builder.enumType('RefundOrigin', {
  description: 'Where rows come from.',
  values: {
    PROVIDER: { description: 'The provider told them just now.' },
    LEDGER: { description: 'This server knows them.' },
  },
});
