/** Masks errors: what a caller can act on passes, everything else becomes an id that is in the log. */
import { GraphQLError } from 'graphql';
import { LedgerUnavailableError } from '../../ledger/database/errors.ts';
import type { Tell } from '../../operator/event.ts';
import type { NewId } from '../../flow/clock.ts';
import { hasCode, withCode } from './public-error.ts';

/** When a call that found no ledger may come again, in seconds. */
const RETRY_AFTER_S = 2;

/**
 * Makes Yoga's maskError. A GraphQLError without a cause was made on purpose (by the parser, the validator, a
 * scalar, or `graphql/errors.ts`) and passes. One that wraps another error is unexpected: the log has the
 * whole error under a new id, and the caller gets the id. If the database is away, the caller is told to try
 * again.
 */
export function createMaskError(tell: Tell, newId: NewId): (error: unknown) => GraphQLError {
  /** One failed read may be the error of many fields. */
  const told = new WeakSet<LedgerUnavailableError>();
  return (error) => {
    const away = ledgerAwayIn(error);
    if (away !== null) {
      if (!told.has(away)) tell({ kind: 'ledger-away', path: pathOf(error), reason: reasonOf(away) });
      told.add(away);
      return new GraphQLError(
        'The ledger can not be reached now; repeat the call. A create with the same idempotencyKey is safe to repeat.',
        {
          ...placeOf(error),
          extensions: {
            code: 'UNAVAILABLE',
            retryAfter: RETRY_AFTER_S,
            http: { headers: { 'retry-after': `${RETRY_AFTER_S}` } },
          },
        },
      );
    }
    if (error instanceof GraphQLError && isDeliberate(error)) return withCode(error, 'BAD_USER_INPUT');
    const errorId = newId();
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    // The client has hung up, and hears nothing of this.
    if (cause instanceof Error && cause.name === 'AbortError')
      tell({ kind: 'request-abandoned', errorId, path: pathOf(error) });
    else tell({ kind: 'request-failed', errorId, path: pathOf(error), error: cause });
    return new GraphQLError(`Unexpected error. Ask the operator about ${errorId}.`, {
      ...placeOf(error),
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId, unexpected: true },
    });
  };
}

const pathOf = (error: unknown) => (error instanceof GraphQLError ? error.path : undefined);
const placeOf = (error: unknown) => (error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {});

function isDeliberate(error: GraphQLError): boolean {
  const { originalError } = error;
  if (originalError !== undefined && originalError !== null) {
    return (
      originalError instanceof GraphQLError && (hasCode(error) || isAboutInput(error)) && isDeliberate(originalError)
    );
  }
  return hasCode(error) || isAboutInput(error);
}

/**
 * Errors of the executor, which have no code. Those about variables come before it begins, those about an
 * argument in between; all others are our mistakes.
 */
const isAboutInput = ({ path, message }: GraphQLError): boolean =>
  path === undefined || message.startsWith('Argument "');

function ledgerAwayIn(error: unknown): LedgerUnavailableError | null {
  const seen = new Set<unknown>();
  for (let each = error; each instanceof Error && !seen.has(each); each = causeOf(each)) {
    if (each instanceof LedgerUnavailableError) return each;
    seen.add(each);
  }
  return null;
}

const causeOf = (error: Error): unknown =>
  (error instanceof GraphQLError ? error.originalError : undefined) ?? error.cause;

const reasonOf = ({ message, cause }: LedgerUnavailableError): string =>
  cause instanceof Error && cause.message !== '' ? cause.message : message;
