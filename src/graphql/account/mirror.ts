/** ProviderHealth.mirror: how far the provider's list has been copied into the ledger. */
import type { MirrorState } from '../../ledger/mirror.ts';
import { builder } from '../builder.ts';
import { HealthType } from './merchant-account.ts';

const MirrorStateEnum = builder.enumType('MirrorState', {
  description: 'How far a copy is.',
  values: {
    COPYING: { description: 'The first whole copy is under way, from the newest refund down.' },
    COMPLETE: {
      description: 'Every refund of the list that can be read is in the ledger; new ones are added as they come.',
    },
  },
});

const MirrorType = builder.objectRef<MirrorState>('Mirror').implement({
  description: "The copy of a provider's list, from which filters are answered that the provider can't apply.",
  fields: (t) => ({
    state: t.field({
      type: MirrorStateEnum,
      description: 'Whether the copy is whole.',
      resolve: ({ completedAt }) => (completedAt === null ? 'COPYING' : 'COMPLETE'),
    }),
    copied: t.exposeInt('copied', {
      description: 'Refunds of the list that are in the ledger, as far as the copy has come.',
    }),
    unreadable: t.exposeInt('unreadable', {
      description:
        'Rows that can not be read. copied, which grows with what is added later, and unreadable are the total when it is COMPLETE.',
    }),
    total: t.exposeInt('total', {
      nullable: true,
      description: 'Rows of the list, as the provider last said it; without those of other accounts.',
    }),
    completedAt: t.expose('completedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the first whole copy was there.',
    }),
    asOf: t.expose('asOf', {
      type: 'DateTime',
      nullable: true,
      description: 'Every refund that the list had then is in the copy.',
    }),
  }),
});

builder.objectField(HealthType, 'mirror', (t) =>
  t.field({
    type: MirrorType,
    nullable: true,
    description: 'Null where nothing is copied: the provider has no list, or the mirror is switched off.',
    resolve: ({ account }, _args, { loaders }) => loaders.mirrors.load(account),
  }),
);
