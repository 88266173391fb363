/** Refuses an operation that costs too much before it runs, and tells who asks what it costs. */
import { getOperationAST, type ExecutionArgs } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import type { Context } from '../../graphql/context.ts';
import { estimateCost } from '../../graphql/cost/estimate.ts';
import { limitsFor, tooDear } from '../../graphql/cost/limits.ts';
import { createDearTurns } from './dear.ts';

/** What tells that a caller wants to hear the cost: the header, or `extensions: {"cost": true}`. */
const HEADER = 'x-graphql-cost';

interface Asking {
  readonly request?: Request;
  readonly params?: { readonly extensions?: Readonly<Record<string, unknown>> | undefined };
}

const wantsCost = ({ request, params }: Asking): boolean =>
  params?.extensions?.['cost'] === true || /^(true|1|yes)$/i.test(request?.headers.get(HEADER) ?? '');

function judge(args: ExecutionArgs, context: Context & Asking) {
  const { document, operationName } = args;
  const cost = estimateCost(args, context);
  if (cost === null) return { cost, told: null, refusal: null };
  const told = wantsCost(context) ? { cost: { ...cost, limits: limitsFor(context) } } : null;
  const error = tooDear(cost, context, getOperationAST(document, operationName));
  return { cost, told, refusal: error && { errors: [error], ...(told && { extensions: told }) } };
}

/** Over every transport. Dear reads are run in turn. */
export function boundedCost(): Plugin<Context & Asking> {
  const turns = createDearTurns();
  return {
    onExecute: ({ args, context, executeFn, setExecuteFn, setResultAndStopExecution }) => {
      const { cost, told, refusal } = judge(args, context);
      if (refusal !== null) setResultAndStopExecution(refusal);
      else if (cost !== null && turns.isDear(cost)) {
        setExecuteFn(() => turns.take<unknown>(() => executeFn(args), context.signal));
      }
      if (told === null) return undefined;
      return {
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) =>
            setResult({ ...result, extensions: { ...result.extensions, ...told } }),
          ),
      };
    },
    onSubscribe: ({ args, context, setResultAndStopExecution }) => {
      const { refusal } = judge(args, context);
      if (refusal !== null) setResultAndStopExecution(refusal);
    },
  };
}
