/** What only Shoutu tells about a refund. */
import type { SHOUTU_REFUND_MODES, ShoutuDetails } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';
import { readPersonalData, type Owned } from '../personal-data.ts';

export const ShoutuRefundModeEnum = builder.enumType('ShoutuRefundMode', {
  description: 'What of a payment is given back at Shoutu.',
  values: {
    ENTIRE_REFUND: { description: 'The payment as a whole.' },
    ITEMIZED_REFUND: { description: 'One fee item of it, which `businessId` names.' },
  } satisfies Record<(typeof SHOUTU_REFUND_MODES)[number], object>,
});

export const ShoutuDetailsType = builder.objectRef<Owned<ShoutuDetails>>('ShoutuRefundDetails').implement({
  description: 'What only Shoutu tells about a refund. Null: it did not tell.',
  fields: (t) => ({
    merchantNo: t.exposeString('merchantNo', { nullable: true, description: 'The number of the merchant at Shoutu.' }),
    merchantName: t.exposeString('merchantName', {
      nullable: true,
      description: 'The name of the merchant at Shoutu.',
    }),
    branchMerchantNo: t.exposeString('branchMerchantNo', {
      nullable: true,
      description: "The number of the merchant's branch (mchNoBranch).",
    }),
    appId: t.exposeString('appId', { nullable: true, description: 'The application that the refund was made for.' }),
    refundMode: t.expose('refundMode', {
      type: ShoutuRefundModeEnum,
      nullable: true,
      description: 'What of the payment is given back.',
    }),
    businessId: t.exposeString('businessId', {
      nullable: true,
      description: "The id of the fee item in the merchant's own system.",
    }),
    extension: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'extJsonb: whose refund it is, as the merchant told. It names a reader. Needs the scope refunds:raw.',
      resolve: ({ extension, of }, _args, context) => {
        readPersonalData(context, of, 'extension');
        return extension;
      },
    }),
  }),
});
