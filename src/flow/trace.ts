/**
 * The id under which everything is found that one request set going: log lines, calls to providers, events.
 * It comes with the request (`x-request-id`, `traceparent`), or is made here.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { NewId, Random } from './clock.ts';

export interface Trace {
  readonly requestId: string;
  /** 32 hexadecimal digits, as W3C's Trace Context has them. */
  readonly traceId: string;
  /** `01` where whoever began the trace records it. */
  readonly flags: string;
  /** Where work of several requests is done together: the id of each, by what it is about. */
  readonly requestIds?: ReadonlyMap<string, string>;
}

const current = new AsyncLocalStorage<Trace>();

/** That of what runs now; null where nobody asked for it, as in a job of the clock. */
export const currentTrace = (): Trace | null => current.getStore() ?? null;

/** The id of the request that works on this subject now; null where nobody asked for it. */
export function requestIdFor(subject: string): string | null {
  const trace = currentTrace();
  return trace?.requestIds?.get(subject) ?? trace?.requestId ?? null;
}

/** Does work of several requests together: under each subject the id of its request is found. */
export function withRequests<Value>(requestIds: ReadonlyMap<string, string>, work: () => Value): Value {
  const trace = currentTrace();
  return trace === null ? work() : withTrace({ ...trace, requestIds }, work);
}

/** Runs a function, and all that it starts, under a trace. */
export const withTrace = <Value>(trace: Trace, work: () => Value): Value => current.run(trace, work);

/** Longer ids, and other characters, would only fill the log. */
const REQUEST_ID = /^[\w.:+/=@-]{1,128}$/;
const TRACE_PARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-([\da-f]{2})$/;

/** The trace that a request's headers name; a new one where they name none. */
export function traceOf(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  newId: NewId,
): Trace {
  const { 'x-request-id': sent, traceparent } = headers;
  const [, traceId = '', flags = '00'] = TRACE_PARENT.exec(typeof traceparent === 'string' ? traceparent : '') ?? [];
  return {
    requestId: typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : newId(),
    traceId: /[^0]/.test(traceId) ? traceId : newId().replaceAll('-', ''),
    flags,
  };
}

/** Headers that carry a trace on to the next server. */
export const traceHeaders = ({ requestId, traceId, flags }: Trace, random: Random) => ({
  'x-request-id': requestId,
  traceparent: `00-${traceId}-${spanId(random)}-${flags}`,
});

/** Sixteen hexadecimal digits that are not all zero. */
const spanId = (random: Random): string =>
  [0, 1].map(() => (1 + Math.floor(random() * 0xffff_fffe)).toString(16).padStart(8, '0')).join('');
