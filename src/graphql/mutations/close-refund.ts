/** `closeRefund`: a person ends what no provider will. */
import type { Refund } from '../../refunds/refund.ts';
import type { CloseResult } from '../../services/settlement/close.ts';
import { builder } from '../builder.ts';
import { badInput } from '../errors.ts';
import { RefundType } from '../refund/refund.ts';
import { readGlobalId } from '../relay/global-id.ts';
import {
  ErrorInterface,
  ForbiddenType,
  invalidInput,
  InvalidInputType,
  NO_ACCOUNT,
  NO_OPERATE,
  NO_REFUND,
  NotFoundType,
} from './mutation-errors.ts';

const OutcomeEnum = builder.enumType('CloseRefundOutcome', {
  description: 'How a person ends a refund.',
  values: {
    FAILED: { description: 'No money moved: its amount is free again.' },
    SUCCEEDED: { description: 'The money went back.' },
  } as const,
});

const SuccessType = builder
  .objectRef<{ readonly type: 'CloseRefundSuccess'; readonly refund: Refund }>('CloseRefundSuccess')
  .implement({
    description: 'The refund has ended.',
    fields: (t) => ({ refund: t.expose('refund', { type: RefundType, description: 'The refund, ended.' }) }),
  });

const NotClosableType = builder
  .objectRef<{ readonly type: 'NotClosableError'; readonly message: string; readonly refund: Refund }>(
    'NotClosableError',
  )
  .implement({
    description: 'The provider can still tell how this refund ends; ask it.',
    interfaces: [ErrorInterface],
    fields: (t) => ({ refund: t.expose('refund', { type: RefundType, description: 'The refund as it is now.' }) }),
  });

const ResultType = builder.unionType('CloseRefundResult', {
  description: 'How a `closeRefund` ended.',
  types: [SuccessType, NotClosableType, InvalidInputType, NotFoundType, ForbiddenType],
  resolveType: ({ type }) => type,
});

builder.mutationField('closeRefund', (t) =>
  t.field({
    type: ResultType,
    nullable: true,
    description:
      'Ends a refund that its provider will not end. Needs refunds:operate. The provider is asked first: refused where it knows the ' +
      "refund, and where it can't be asked, unless it has been away for longer than the give-up time or its account has left the " +
      'configuration. The event keeps who it was, and the note.',
    args: {
      id: t.arg.id({ required: true, description: 'The id of the refund.' }),
      outcome: t.arg({ type: OutcomeEnum, required: true, description: 'How it ended.' }),
      note: t.arg.string({ required: true, description: 'Why, in your words; 1 to 1000 characters.' }),
    },
    resolve: async (
      _root,
      { id, outcome, note },
      { caller, services, signal },
    ): Promise<typeof ResultType.$inferType> => {
      if (!caller.may('refunds:operate')) return NO_OPERATE;
      const named = readGlobalId(id);
      if (named?.type !== 'Refund') throw badInput('This is no id of a refund.', 'id');
      // An account may have left the configuration; its refunds have not.
      if (!caller.sees(named.ref.account)) return NO_ACCOUNT;
      return answerOf(await services.close({ ...named.ref, outcome, note, actor: caller.actor }, signal));
    },
  }),
);

function answerOf(result: CloseResult): typeof ResultType.$inferType {
  switch (result.kind) {
    case 'closed':
      return { type: 'CloseRefundSuccess', refund: result.refund };
    case 'not-closable':
      return { type: 'NotClosableError', message: result.message, refund: result.refund };
    case 'invalid':
      return invalidInput(result.issues);
    case 'not-found':
      return NO_REFUND;
  }
}
