/** RefundSnapshot: a refund as it was, and RefundContradiction: what was told against it. */
import type { RefundEvent } from '../../ledger/events.ts';
import { shownAttention } from '../../refunds/attention.ts';
import { builder } from '../builder.ts';
import { RefundStatusEnum } from '../enums.ts';
import { MoneyType } from '../money.ts';
import { AttentionType, RefundFailureType } from '../refund/refund.ts';

export const SnapshotType = builder.objectRef<RefundEvent['snapshot']>('RefundSnapshot').implement({
  description: 'A refund as it was right after an event. It has no id: no cache takes it for the refund of today.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: '`Refund.version` after the event.' }),
    status: t.expose('status', { type: RefundStatusEnum, description: 'Where it was.' }),
    providerStatus: t.exposeString('providerStatus', {
      nullable: true,
      description: "The provider's own word for it.",
    }),
    providerRefundId: t.exposeString('providerRefundId', {
      nullable: true,
      description: 'Their id of the refund, where it was known.',
    }),
    amount: t.expose('amount', { type: MoneyType, description: 'How much was to be given back.' }),
    feeRefunded: t.expose('feeRefunded', {
      type: MoneyType,
      nullable: true,
      description: 'Fee that comes back to the merchant.',
    }),
    failure: t.expose('failure', {
      type: RefundFailureType,
      nullable: true,
      description: 'Set when status was FAILED.',
    }),
    completedAt: t.expose('completedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended, where the provider had told it.',
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why, in the words of whoever made it.' }),
    attention: t.field({
      type: AttentionType,
      nullable: true,
      description: 'Why a person had to look; null: nobody had to.',
      resolve: ({ attention }) => shownAttention(attention),
    }),
  }),
});

export const ContradictionType = builder
  .objectRef<NonNullable<RefundEvent['contradiction']>>('RefundContradiction')
  .implement({
    description: 'What was told of a refund, and was not believed.',
    fields: (t) => ({
      members: t.exposeStringList('members', {
        description: 'The members that contradict what is known, e.g. ["amount"].',
      }),
      toldStatus: t.field({
        type: RefundStatusEnum,
        description: 'The status that was told.',
        resolve: ({ told }) => told.status,
      }),
      toldAmount: t.field({
        type: MoneyType,
        description: 'The amount that was told.',
        resolve: ({ told }) => told.amount,
      }),
      toldProviderRefundId: t.string({
        nullable: true,
        description: 'Their id of the refund that was told.',
        resolve: ({ told }) => told.providerRefundId,
      }),
    }),
  });
