/** The contract's enums, from the same lists that the types below come from. */
import { OBSERVED_VIA, PROVIDERS, type RefundStatus } from '../refunds/refund.ts';
import { builder } from './builder.ts';

export const ProviderEnum = builder.enumType('Provider', { values: PROVIDERS });

export const RefundStatusEnum = builder.enumType('RefundStatus', {
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
  values: OBSERVED_VIA,
});

export const ReadPolicyEnum = builder.enumType('ReadPolicy', {
  description:
    'LEDGER answers from what this server knows; PROVIDER asks; AUTO asks only where the ledger can be out of date.',
  values: ['AUTO', 'LEDGER', 'PROVIDER'] as const,
});

export const OrderDirectionEnum = builder.enumType('OrderDirection', { values: ['ASC', 'DESC'] as const });
export const RefundOrderFieldEnum = builder.enumType('RefundOrderField', { values: ['CREATED_AT'] as const });
export const RefundOriginEnum = builder.enumType('RefundOrigin', { values: ['PROVIDER', 'LEDGER'] as const });
