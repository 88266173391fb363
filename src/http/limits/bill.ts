/** Counts what each caller uses, and sends away who has used up what a minute gives. */
import { createHash } from 'node:crypto';
import { GraphQLError, getOperationAST, type ExecutionArgs } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import { metered } from '../../flow/meter.ts';
import type { Context } from '../../graphql/context.ts';
import { estimateCost } from '../../graphql/cost/estimate.ts';
import type { Bills, Charge } from '../../ledger/bills.ts';
import type { Tell } from '../../operator/event.ts';
import { bytesOf } from './answers.ts';

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

/**
 * Over every transport. Subscriptions are counted when they begin, and for each event. What many are told
 * together is not counted here: each of them pays a share.
 */
export function billed(bills: Bills, tell: Tell): Plugin<Context> {
  function refusal(context: Context) {
    const over = bills.usedUp(billOf(context));
    if (over === null) return null;
    const { what, retryAfter } = over;
    tell({ kind: 'caller-refused', what });
    const message = `Your ${WORDS[what]} of this minute are used up; come again in ${retryAfter} s.`;
    const http = { status: 429, headers: { 'retry-after': `${retryAfter}` } };
    return { errors: [new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', retryAfter, http } })] };
  }

  const refundsIn = (args: ExecutionArgs, context: Context): number => {
    const isMutation = getOperationAST(args.document, args.operationName)?.operation === 'mutation';
    return isMutation ? (estimateCost(args, context)?.mutations ?? 0) : 0;
  };

  return {
    onExecute: ({ args, context, executeFn, setExecuteFn, setResultAndStopExecution }) => {
      const refused = refusal(context);
      if (refused !== null) {
        setResultAndStopExecution(refused);
        return undefined;
      }
      const caller = billOf(context);
      const usage = { providerCalls: 0, databaseMs: 0 };
      // At once: what is under way counts, too.
      bills.charge(caller, { refunds: refundsIn(args, context) });
      setExecuteFn(() => metered<unknown>(usage, () => executeFn(args)));
      return {
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result }) =>
            bills.charge(caller, { ...usage, answerKib: bytesOf(result.data) / 1_024 }),
          ),
      };
    },
    onSubscribe: ({ args, context, subscribeFn, setSubscribeFn, setResultAndStopExecution }) => {
      if (context.telling !== null && context.telling.kind !== 'own') return undefined;
      const refused = refusal(context);
      if (refused !== null) {
        setResultAndStopExecution(refused);
        return undefined;
      }
      const caller = billOf(context);
      const usage = { providerCalls: 0, databaseMs: 0 };
      setSubscribeFn(() => metered<unknown>(usage, () => subscribeFn(args)));
      return {
        onSubscribeResult: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result }) => {
            bills.charge(caller, { ...usage, answerKib: bytesOf(result.data) / 1_024 });
            Object.assign(usage, { providerCalls: 0, databaseMs: 0 });
          }),
      };
    },
  };
}
