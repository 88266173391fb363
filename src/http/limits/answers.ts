/** Answers of a bounded size, with a bounded number of errors. */
import { GraphQLError, type ExecutionResult } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import { formatted } from '../errors/public-error.ts';
import { MAX_ERRORS } from './documents.ts';

/** Largest answer, in bytes of JSON. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Cuts every result, over every transport, before its text is made. */
export const boundedAnswers: Plugin = {
  onExecute: () => ({
    onExecuteDone: (payload) =>
      handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) => setResult(bounded(result))),
  }),
  onSubscribe: () => ({
    onSubscribeResult: (payload) =>
      handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) => setResult(bounded(result))),
  }),
  onResultProcess: ({ result }) => {
    if (Array.isArray(result) || Symbol.asyncIterator in result) return;
    // Yoga would make each error anew, without its place.
    Object.assign(result, { stringify: () => JSON.stringify(shown(result)) });
  },
};

/** A result as it is sent. */
export function shown({
  data,
  errors,
  extensions,
}: { readonly [K in keyof ExecutionResult]: ExecutionResult[K] | undefined }) {
  const { http: _http, ...told } = extensions ?? {};
  return {
    ...(errors === undefined ? {} : { errors: errors.map(formatted) }),
    ...(data === undefined ? {} : { data }),
    ...(Object.keys(told).length === 0 ? {} : { extensions: told }),
  };
}

function bounded(result: ExecutionResult): ExecutionResult {
  const { errors = [] } = result;
  if (bytesOfAnswer(result) > MAX_ANSWER_BYTES) {
    const message = `The answer is larger than ${MAX_ANSWER_BYTES} bytes; ask for fewer rows or fields.`;
    return { errors: [new GraphQLError(message, { extensions: { code: 'ANSWER_TOO_LARGE' } })] };
  }
  if (errors.length <= MAX_ERRORS) return result;
  const others = errors.length - MAX_ERRORS + 1;
  const last = new GraphQLError(`${others} more errors are not shown.`, { extensions: { code: 'MORE_ERRORS' } });
  return { ...result, errors: [...errors.slice(0, MAX_ERRORS - 1), last] };
}

/** By their data: the bill of the caller and the limit ask for the same. */
const measured = new WeakMap<object, number>();

/** How many bytes an answer's data has as JSON, about; looks no further than the most that is sent. */
export function bytesOfAnswer({ data }: Pick<ExecutionResult, 'data'>): number {
  if (data === null || data === undefined) return 0;
  const bytes = measured.get(data) ?? bytesOf(data, MAX_ANSWER_BYTES);
  measured.set(data, bytes);
  return bytes;
}

/** How many bytes a value's JSON has, about; looks no further than `most`. Makes no text. */
function bytesOf(value: unknown, most: number): number {
  let bytes = 0;
  /** Whether that is enough. */
  const add = (each: unknown): boolean => {
    if (typeof each === 'string') bytes += Buffer.byteLength(each) + 2;
    else if (typeof each !== 'object' || each === null) bytes += 5;
    else if (Array.isArray(each)) {
      bytes += each.length + 1;
      return bytes > most || each.some(add);
    } else {
      for (const [name, member] of Object.entries(each)) {
        bytes += name.length + 4;
        if (add(member)) return true;
      }
    }
    return bytes > most;
  };
  add(value);
  return bytes;
}
