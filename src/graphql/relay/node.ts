/** Relay's Node: everything that has an id that never changes. `node-query.ts` finds it again. */
import type { KeptCallback } from '../../ledger/callback-search.ts';
import type { RefundEvent } from '../../ledger/events.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { ShownPayment } from '../payment/shown-payment.ts';
import { builder } from '../builder.ts';

export const NodeInterface = builder
  .interfaceRef<ProviderAccount | Refund | RefundEvent | ShownPayment | KeptCallback>('Node')
  .implement({
    description: 'Anything that can be fetched again by its id.',
    resolveType: (value) => {
      if ('kind' in value) return 'Payment';
      if ('timesReceived' in value) return 'Callback';
      if ('queriedBy' in value) return 'MerchantAccount';
      return 'recordedAt' in value ? 'RefundEvent' : 'Refund';
    },
    fields: (t) => ({
      id: t.id({
        description: 'Opaque, and the same for ever at every server: give it to `node`.',
        resolve: () => {
          throw new Error('every implementing type resolves its own id');
        },
      }),
    }),
  });
