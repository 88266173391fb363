/** Refund.providerRecord: the provider's own record as it came, for those whose token allows it. */
import type { ProviderRecord } from '../../ledger/refund/records.ts';
import { builder } from '../builder.ts';
import { ObservedViaEnum } from '../enums.ts';
import { readPersonalData } from '../personal-data.ts';
import { RefundType } from './refund.ts';

const ProviderRecordType = builder.objectRef<ProviderRecord>('ProviderRecord').implement({
  description: "What the provider last sent about a refund, unchanged. It may hold a payer's data.",
  fields: (t) => ({
    raw: t.exposeString('raw', { description: 'The JSON text as it was received.' }),
    via: t.expose('via', { type: ObservedViaEnum, description: 'How it reached this server.' }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When it reached this server.' }),
  }),
});

builder.objectField(RefundType, 'providerRecord', (t) =>
  t.field({
    type: ProviderRecordType,
    nullable: true,
    description: "The provider's latest record of this refund; null before there is one. Needs the scope refunds:raw.",
    resolve: ({ account, merchantRefundId }, _args, context) => {
      readPersonalData(context, { account, merchantRefundId }, 'providerRecord');
      return context.loaders.records.load({ account, merchantRefundId });
    },
  }),
);
