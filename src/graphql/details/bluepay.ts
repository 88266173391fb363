/** What only BluePay tells about a refund. */
import type { BluePayDetails } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';

export const BluePayDetailsType = builder.objectRef<BluePayDetails>('BluePayRefundDetails').implement({
  fields: (t) => ({
    originalTransactionId: t.exposeString('originalTransactionId'),
    failedCode: t.exposeInt('failedCode', {
      nullable: true,
      description: 'To show, not to branch on: the same failure has been seen under two codes.',
    }),
  }),
});
