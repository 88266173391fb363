/** The contract's enums, from the same lists that the types below come from. */
import type { PendingReason } from '../refunds/attention.ts';
import type { OrderField } from '../refunds/list/order.ts';
import type { AttentionReason, EventVia, RefundStatus, TimeSource } from '../refunds/refund.ts';
import { builder } from './builder.ts';

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
    OPERATOR: { description: 'A person, by `closeRefund`.' },
    COPY: {
      description:
        "The first whole copy of a list: the first event of the refund's timeline (version 1), which the feed passes over.",
    },
  } satisfies Record<EventVia, object>,
});

export const ReadPolicyEnum = builder.enumType('ReadPolicy', {
  description:
    'LEDGER answers from what this server knows; PROVIDER asks; AUTO asks only where the ledger can be out of date.',
  values: {
    AUTO: { description: 'The provider is asked where the ledger can be out of date.' },
    LEDGER: { description: 'What this server knows; no provider is asked.' },
    PROVIDER: {
      description:
        'The provider is asked in any case. A list is its word alone: it lacks refunds that only this server knows.',
    },
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
  values: {
    CREATED_AT: { description: '`Refund.createdAt`.' },
    UPDATED_AT: { description: '`Refund.updatedAt`. A refund that changes moves. Answered from the ledger.' },
    COMPLETED_AT: {
      description: '`Refund.completedAt`; those that have not ended come behind the oldest. Answered from the ledger.',
    },
    AMOUNT: {
      description: '`Refund.amount`: the decimals alone, whatever the currency. Answered from the ledger.',
    },
  } satisfies Record<OrderField, object>,
});
export const RefundOriginEnum = builder.enumType('RefundOrigin', {
  description: 'Where rows come from.',
  values: {
    PROVIDER: { description: 'The provider told them just now.' },
    LEDGER: { description: 'This server knows them.' },
  },
});

export const TimeSourceEnum = builder.enumType('TimeSource', {
  description: 'Whose clock a time is of.',
  values: {
    PROVIDER: { description: 'The provider gave it.' },
    SERVER: { description: 'This server wrote it down, because the provider gave none that can be read.' },
  } satisfies Record<TimeSource, object>,
});

export const AttentionReasonEnum = builder.enumType('RefundAttentionReason', {
  description: 'Why a person must look at a refund, the most important first.',
  values: {
    CONFLICT: { description: "Contradicted, and the provider's answer has not decided." },
    DENIED: { description: 'The provider said yes, and does not know it now; or denies what only a callback told.' },
    UNDECIDED: { description: 'The provider closed it without saying whether money moved.' },
    UNREADABLE: { description: "The provider's record of it can not be read." },
    ACTION_NEEDED: { description: "Waits for somebody in the provider's console." },
    STUCK: { description: "Unfinished for longer than the account's give-up time." },
  } satisfies Record<AttentionReason, object>,
});

export const PendingReasonEnum = builder.enumType('PendingReason', {
  description: 'Why a refund is not finished.',
  values: {
    UNCONFIRMED: { description: "Sent, or about to be; the provider's answer is not known." },
    AT_PROVIDER: { description: 'The provider has it and works on it.' },
    ACTION_NEEDED: { description: "It waits for somebody in the provider's console." },
  } satisfies Record<PendingReason, object>,
});
