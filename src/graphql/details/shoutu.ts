/** What only Shoutu tells about a refund. */
import { SHOUTU_REFUND_MODES, type ShoutuDetails } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';

export const ShoutuRefundModeEnum = builder.enumType('ShoutuRefundMode', { values: SHOUTU_REFUND_MODES });

export const ShoutuDetailsType = builder.objectRef<ShoutuDetails>('ShoutuRefundDetails').implement({
  fields: (t) => ({
    merchantNo: t.exposeString('merchantNo', { nullable: true }),
    merchantName: t.exposeString('merchantName', { nullable: true }),
    branchMerchantNo: t.exposeString('branchMerchantNo', { nullable: true }),
    appId: t.exposeString('appId', { nullable: true }),
    refundMode: t.expose('refundMode', { type: ShoutuRefundModeEnum, nullable: true }),
    businessId: t.exposeString('businessId', { nullable: true }),
    extension: t.expose('extension', { type: 'JSON', nullable: true }),
  }),
});
