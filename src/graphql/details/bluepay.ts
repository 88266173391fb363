/** What only BluePay tells about a refund. */
import type { BluePayDetails } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';

export const BluePayDetailsType = builder.objectRef<BluePayDetails>('BluePayRefundDetails').implement({
  description: 'What only BluePay tells about a refund.',
  fields: (t) => ({
    originalTransactionId: t.exposeString('originalTransactionId', { description: "BluePay's id of the payment." }),
    failedCode: t.exposeInt('failedCode', {
      nullable: true,
      description: 'To show, not to branch on: the same failure has been seen under two codes.',
    }),
  }),
});
