/** Relay's Node: everything that has an id that never changes. `node-query.ts` finds it again. */
import type { ProviderAccount } from '../providers/provider.ts';
import type { Refund } from '../refunds/refund.ts';
import { builder } from './builder.ts';

/** What can stand behind a Node. */
export type NodeValue = ProviderAccount | Refund;

export const NodeInterface = builder.interfaceRef<NodeValue>('Node').implement({
  description: 'Anything that can be fetched again by its id.',
  resolveType: (value) => ('lookupKeys' in value ? 'MerchantAccount' : 'Refund'),
  fields: (t) => ({
    id: t.id({
      resolve: () => {
        throw new Error('every implementing type resolves its own id');
      },
    }),
  }),
});
