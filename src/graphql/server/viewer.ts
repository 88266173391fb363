/** `viewer`: who the caller is, so that a frontend shows no button that would be refused. */
import { MerchantAccountType } from '../account/merchant-account.ts';
import { builder } from '../builder.ts';
import { SCOPES, type Context } from '../context.ts';

const ViewerType = builder.objectRef<Context>('Viewer').implement({
  description: 'The caller, as the token says.',
  fields: (t) => ({
    subject: t.string({
      description: 'Whose token it is; "anonymous" where AUTH=none.',
      resolve: ({ caller }) => caller.actor.subject,
    }),
    scopes: t.stringList({
      description: 'The scopes that the token has; all where AUTH=none.',
      resolve: ({ caller }) => SCOPES.filter((scope) => caller.may(scope)),
    }),
    accounts: t.field({
      type: [MerchantAccountType],
      description: 'The accounts that the token names.',
      complexity: { field: 1, multiplier: 3 },
      resolve: ({ accounts }) => accounts,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the token ends; null where there is none.',
      resolve: ({ caller }) => caller.expiresAt,
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    description: 'Who the caller is and what the token allows.',
    resolve: (_root, _args, context) => context,
  }),
);
