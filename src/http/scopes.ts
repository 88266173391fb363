/**
 * Every query and subscription needs `refunds:read`. Mutations check their own scope, and answer with
 * ForbiddenError.
 */
import { getOperationAST, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../graphql/context.ts';
import { forbidden } from '../graphql/errors.ts';

function refused(
  asked: { readonly document: DocumentNode; readonly operationName?: string | null | undefined },
  { caller }: Context,
): boolean {
  const operation = getOperationAST(asked.document, asked.operationName)?.operation;
  return operation !== 'mutation' && !caller.may('refunds:read');
}

const answer = () => ({ errors: [forbidden('The token lacks the scope refunds:read.')] });

/** Refuses operations that the token does not allow before they run, over every transport. */
export const requireScopes: Plugin<Context> = {
  onExecute: ({ args, context, setResultAndStopExecution }) => {
    if (refused(args, context)) setResultAndStopExecution(answer());
  },
  onSubscribe: ({ args, context, setResultAndStopExecution }) => {
    if (refused(args, context)) setResultAndStopExecution(answer());
  },
};
