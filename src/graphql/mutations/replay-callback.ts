/** `replayCallback`: a stored callback is applied again, as if it had come just now. */
import type { KeptCallback } from '../../ledger/callback-search.ts';
import { builder } from '../builder.ts';
import { CallbackType, findVisible } from '../callback/callback.ts';
import { badInput } from '../errors.ts';
import { readGlobalId } from '../relay/global-id.ts';
import { ForbiddenType, NO_CALLBACK, NO_OPERATE, NotFoundType } from './mutation-errors.ts';

const SuccessType = builder
  .objectRef<{
    readonly type: 'ReplayCallbackSuccess';
    readonly callback: KeptCallback;
  }>('ReplayCallbackSuccess')
  .implement({
    description: 'The callback was judged again; its state says how it ended.',
    fields: (t) => ({
      callback: t.expose('callback', { type: CallbackType, description: 'The callback as it is now.' }),
    }),
  });

const ResultType = builder.unionType('ReplayCallbackResult', {
  description: 'How a `replayCallback` ended.',
  types: [SuccessType, NotFoundType, ForbiddenType],
  resolveType: ({ type }) => type,
});

builder.mutationField('replayCallback', (t) =>
  t.field({
    type: ResultType,
    nullable: true,
    description:
      'Applies a stored callback again: verified again, and harmless however often. Needs refunds:operate. One whose body was not ' +
      'kept, or whose account takes no callbacks, is BAD_USER_INPUT.',
    args: { id: t.arg.id({ required: true, description: 'The id of the callback.' }) },
    resolve: async (_root, { id }, context): Promise<typeof ResultType.$inferType> => {
      if (!context.caller.may('refunds:operate')) return NO_OPERATE;
      const named = readGlobalId(id);
      if (named?.type !== 'Callback') throw badInput('This is no id of a callback.', 'id');
      if ((await findVisible(named.id, context)) === null) return NO_CALLBACK;
      const replayed = await context.services.replay(named.id);
      if (replayed.kind === 'impossible') {
        throw badInput(`The callback can not be applied again: ${replayed.reason}.`, 'id');
      }
      const callback = replayed.kind === 'unknown' ? null : await findVisible(named.id, context);
      return callback === null ? NO_CALLBACK : { type: 'ReplayCallbackSuccess', callback };
    },
  }),
);
