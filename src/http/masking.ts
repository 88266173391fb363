/** The last gate for errors: what a caller can act on passes, everything else becomes an id that is in the log. */
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { NewId } from '../refunds/clock.ts';

/**
 * Makes Yoga's maskError. A GraphQLError without a cause was made on purpose (by the parser, the validator, a scalar, or `graphql/errors.ts`);
 * one that wraps another kind of error is a surprise: it is logged whole under a new id, and the caller gets the id.
 */
export function createMaskError(log: Logger, newId: NewId): (error: unknown) => GraphQLError {
  return (error) => {
    if (error instanceof GraphQLError && isDeliberate(error)) return error;
    const errorId = newId();
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    const path = error instanceof GraphQLError ? error.path : undefined;
    log.error({ errorId, path, err: cause }, 'a request failed unexpectedly');
    return new GraphQLError(`Unexpected error. Ask the operator about ${errorId}.`, {
      ...(error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {}),
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId, unexpected: true },
    });
  };
}

function isDeliberate(error: GraphQLError): boolean {
  const { originalError } = error;
  return originalError === undefined || originalError === null
    ? true
    : originalError instanceof GraphQLError && isDeliberate(originalError);
}
