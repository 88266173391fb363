/**
 * Every query and subscription needs `refunds:read`. Mutations check their own scope, and answer with
 * ForbiddenError. What they tell of a refund is reading: without `refunds:read` it is no more than which
 * refund it is and how it stands.
 */
import { getOperationAST, TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../graphql/context.ts';
import { forbidden } from '../graphql/errors.ts';

interface Asked {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
}

/** What is told without `refunds:read`, by type; of other types everything. */
const TOLD_TO_ALL: Readonly<Record<string, ReadonlySet<string>>> = {
  Refund: new Set(['__typename', 'id', 'merchantRefundId', 'status', 'account']),
  MerchantAccount: new Set(['__typename', 'id', 'key']),
  Callback: new Set(['__typename', 'id', 'account', 'state', 'reason', 'receivedAt', 'copies', 'refund']),
};

/** The first field of a document that needs `refunds:read`; null: none does. */
function fieldThatReads({ schema, document }: Asked): string | null {
  const types = new TypeInfo(schema);
  let found: string | null = null;
  const Field = ({ name }: { readonly name: { readonly value: string } }): void => {
    const type = types.getParentType()?.name ?? '';
    if (TOLD_TO_ALL[type]?.has(name.value) === false) found ??= `${type}.${name.value}`;
  };
  visit(document, visitWithTypeInfo(types, { Field }));
  return found;
}

function refused(asked: Asked, { caller }: Context) {
  if (caller.may('refunds:read')) return null;
  const operation = getOperationAST(asked.document, asked.operationName)?.operation;
  if (operation !== 'mutation') return forbidden('The token lacks the scope refunds:read.');
  const field = fieldThatReads(asked);
  return field === null ? null : forbidden(`The token lacks the scope refunds:read, which ${field} needs.`);
}

/** Refuses operations that the token does not allow before they run, over every transport. */
export const requireScopes: Plugin<Context> = {
  onExecute: ({ args, context, setResultAndStopExecution }) => {
    const error = refused(args, context);
    if (error !== null) setResultAndStopExecution({ errors: [error] });
  },
  onSubscribe: ({ args, context, setResultAndStopExecution }) => {
    const error = refused(args, context);
    if (error !== null) setResultAndStopExecution({ errors: [error] });
  },
};
