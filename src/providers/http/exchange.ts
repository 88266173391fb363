/**
 * One HTTP request and its answer over a pool, with one thing that fetch and `request` can't tell: whether it
 * ever left.
 */
import type { Dispatcher, Pool } from 'undici';

/** Far more than any provider's answer, on the wire as well as unpacked. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface HttpAnswer {
  readonly status: number;
  /** Lower case, "" where there is none. */
  readonly contentEncoding: string;
  readonly bytes: Buffer;
}

export interface ExchangeFailure {
  /** False: not one byte of the request was handed to a connection. */
  readonly sent: boolean;
  /** Set when the answer broke off after its first line. */
  readonly status: number | null;
  /** undici's, Node's or TLS's code, e.g. ECONNREFUSED; TOO_LARGE is ours. Holds no text of the exchange. */
  readonly code: string;
}

/**
 * Sends, and resolves with the whole answer or with why there is none; never rejects. When the signal aborts
 * it resolves at once (undici itself would go on waiting for a connection), and what was not sent by then
 * never will be.
 */
export function exchange(
  pool: Pool,
  request: {
    readonly method: 'GET' | 'POST';
    /** Path and query as they go on the wire. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    /** Close the connection after the answer. */
    readonly reset?: boolean;
  },
  signal: AbortSignal,
): Promise<HttpAnswer | ExchangeFailure> {
  const result = Promise.withResolvers<HttpAnswer | ExchangeFailure>();
  let controller: Dispatcher.DispatchController | null = null;
  let status: number | null = null;
  let contentEncoding = '';
  let size = 0;
  const chunks: Buffer[] = [];

  const fail = (code: string) => settle({ sent: controller !== null, status, code });
  const settle = (outcome: HttpAnswer | ExchangeFailure) => {
    signal.removeEventListener('abort', onAbort);
    result.resolve(outcome);
  };
  const onAbort = () => {
    fail('ABORTED');
    controller?.abort(new Error('aborted'));
  };

  signal.addEventListener('abort', onAbort, { once: true });
  pool.dispatch(
    { ...request, body: request.body ?? null, headersTimeout: 0, bodyTimeout: 0 },
    {
      // Called when a connection stands and the first byte is about to be written.
      onRequestStart(started) {
        if (signal.aborted) started.abort(new Error('aborted'));
        else controller = started;
      },
      onResponseStart(_started, answerStatus, headers) {
        if (answerStatus < 200) return;
        status = answerStatus;
        contentEncoding = String(headers['content-encoding'] ?? '').toLowerCase();
      },
      onResponseData(started, chunk) {
        size += chunk.length;
        chunks.push(chunk);
        if (size <= MAX_ANSWER_BYTES) return;
        fail('TOO_LARGE');
        started.abort(new Error('too large'));
      },
      onResponseEnd() {
        if (status === null) fail('NO_ANSWER');
        else settle({ status, contentEncoding, bytes: Buffer.concat(chunks, size) });
      },
      onResponseError(_started, error) {
        fail(codeOf(error));
      },
    },
  );
  return result.promise;
}

/** The first code among an error, its parts (several addresses tried) and its causes. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const part: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return part === undefined ? error.name : codeOf(part);
}
