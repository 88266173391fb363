/** Counts what each caller uses, and sends away who has used up what a minute gives. */
import { createHash } from 'node:crypto';
import { GraphQLError, getOperationAST, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { handleStreamOrSingleExecutionResult, isAsyncIterable, type Plugin } from 'graphql-yoga';
import { metered } from '../../flow/meter.ts';
import type { Context } from '../../graphql/context.ts';
import { estimateCost } from '../../graphql/cost/estimate.ts';
import type { Bills, Charge } from '../../ledger/bills.ts';
import type { Tell } from '../../operator/event.ts';
import { bytesOfAnswer } from './answers.ts';

const WORDS: Readonly<Record<Charge, string>> = {
  providerCalls: 'calls to providers',
  databaseMs: 'time of the database',
  refunds: 'refunds',
  answerKib: 'bytes of answers',
};

/** A caller's name for the bill: it is kept in the database, and need not be read there. */
export const billOf = ({ caller, address }: Pick<Context, 'caller' | 'address'>): string =>
  createHash('sha256')
    .update(caller.name ?? `address ${address}`)
    .digest('base64url');

/** What a caller is told whose minute is used up. */
export function rateLimited({ what, retryAfter }: NonNullable<ReturnType<Bills['usedUp']>>): GraphQLError {
  const message = `Your ${WORDS[what]} of this minute are used up; come again in ${retryAfter} s.`;
  const http = { status: 429, headers: { 'retry-after': `${retryAfter}` } };
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', retryAfter, http } });
}

const refundsIn = (args: ExecutionArgs, context: Context): number => {
  const isMutation = getOperationAST(args.document, args.operationName)?.operation === 'mutation';
  return isMutation ? (estimateCost(args, context)?.mutations ?? 0) : 0;
};

/**
 * Over every transport. Subscriptions are counted when they begin, and for each event. What many are told
 * together is not counted here: each of them pays a share.
 */
export function billed(bills: Bills, tell: Tell): Plugin<Context> {
  /** The bill of an operation that begins; null: it was refused. */
  function open(context: Context, refuse: (answer: ExecutionResult) => void) {
    const caller = billOf(context);
    const over = bills.usedUp(caller);
    if (over !== null) {
      tell({ kind: 'caller-refused', what: over.what });
      refuse({ errors: [rateLimited(over)] });
      return null;
    }
    const usage = { providerCalls: 0, databaseMs: 0 };
    return {
      charge: (amounts: Parameters<Bills['charge']>[1]) => bills.charge(caller, amounts),
      /** Does work that is on the bill. */
      run: <Value>(work: () => Value): Value => metered(usage, work),
      /** Puts an answer on the bill, with what was used since the one before. */
      settle: ({ result }: { readonly result: ExecutionResult }): void => {
        bills.charge(caller, { ...usage, answerKib: bytesOfAnswer(result) / 1_024 });
        Object.assign(usage, { providerCalls: 0, databaseMs: 0 });
      },
    };
  }

  return {
    onExecute: ({ args, context, executeFn, setExecuteFn, setResultAndStopExecution }) => {
      const bill = open(context, setResultAndStopExecution);
      if (bill === null) return undefined;
      // At once: what is under way counts, too.
      bill.charge({ refunds: refundsIn(args, context) });
      setExecuteFn(() => bill.run<unknown>(() => executeFn(args)));
      return { onExecuteDone: (payload) => handleStreamOrSingleExecutionResult(payload, bill.settle) };
    },
    onSubscribe: ({ args, context, subscribeFn, setSubscribeFn, setResultAndStopExecution }) => {
      if (context.telling !== null && context.telling.kind !== 'own') return undefined;
      const bill = open(context, setResultAndStopExecution);
      if (bill === null) return undefined;
      setSubscribeFn(() => bill.run<unknown>(() => subscribeFn(args)));
      return {
        onSubscribeResult: (payload) => {
          const { result, setResult } = payload;
          if (isAsyncIterable(result)) setResult(eachIn(result, bill.run));
          return handleStreamOrSingleExecutionResult(payload, bill.settle);
        },
      };
    },
  };
}

/** The same events, each made inside of `run`. */
function eachIn<Value>(
  events: AsyncIterable<Value>,
  run: <Result>(work: () => Result) => Result,
): AsyncIterableIterator<Value> {
  const iterator = events[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => run(() => iterator.next()),
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
  };
}
