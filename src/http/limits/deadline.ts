/** A deadline for each query and mutation: nobody waits for one answer for ever. */
import { GraphQLError, type ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { untilAborted } from '../../flow/abort.ts';
import type { Context } from '../../graphql/context.ts';

/**
 * Ends an operation's answer after so long (milliseconds), and aborts the reads that it waits for. A refund
 * that was recorded goes its way all the same. Subscriptions have no deadline.
 */
export const boundedTime = (timeoutMs: number): Plugin<Context> => ({
  onExecute: ({ args, context, executeFn, setExecuteFn }) => {
    const deadline = new AbortController();
    Object.assign(context, { signal: AbortSignal.any([context.signal, deadline.signal]) });
    setExecuteFn(async () => {
      const late = new DOMException('The operation took too long.', 'TimeoutError');
      const timer = setTimeout(() => deadline.abort(late), timeoutMs);
      try {
        return await untilAborted(Promise.resolve<unknown>(executeFn(args)), deadline.signal);
      } catch (error) {
        if (error === late) return tooLate(timeoutMs);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    });
  },
});

const tooLate = (timeoutMs: number): ExecutionResult => ({
  errors: [
    new GraphQLError(
      `The request took longer than ${timeoutMs} ms. A mutation may have been done: repeat it with the same idempotencyKey.`,
      { extensions: { code: 'TIMED_OUT' } },
    ),
  ],
});
