/**
 * HTTP to one account of one provider: deadlines, repeated reads, at most so many at once, a breaker, one
 * kind of error.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import type { CallLane, Tell } from '../../operator/event.ts';
import type { Clock, Random } from '../../flow/clock.ts';
import { currentTrace, traceHeaders } from '../../flow/trace.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { Json } from '../../refunds/refund.ts';
import type { AccountHealth } from '../provider.ts';
import { ProviderError } from '../errors.ts';
import { OverloadedError } from '../../flow/batcher.ts';
import { ACCEPTED_ENCODINGS } from './body.ts';
import { createBreaker } from './breaker.ts';
import { exchange } from './exchange.ts';
import {
  answerOrError,
  closing,
  exchangeError,
  notMade,
  notTried,
  overloaded,
  timedOut,
  type Call,
  type ReadFailure,
} from './failure.ts';
import { createHealth } from './health.ts';
import { createLanes } from '../../flow/lanes.ts';
import { use } from '../../flow/meter.ts';
import type { Remembered } from './remembered.ts';
import { createSlowDown } from './slow-down.ts';

export interface TransportRequest {
  /** The call in our words, for errors and logs: `list refunds`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** Path and query, appended to the account's baseUrl. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A read: may be repeated after a failure. A create never is. */
  readonly repeatable: boolean;
  /**
   * Of a read: all of the request that decides its answer. Where the same bytes come to it again, readers are
   * given the same JSON object. Left out: every answer is read.
   */
  readonly rememberAs?: string;
  /**
   * The wing's word on a body that came with HTTP 4xx (not 408, 429): whether it is the provider's answer to
   * this call, as a 404 is where it means "no such refund". Then it stands like one of HTTP 200. Only what
   * the provider alone would write is its answer: a server in front of it has a 404, too.
   */
  readonly isAnswer?: (json: Json, httpStatus: number) => boolean;
  /**
   * The wing's word on an answer that HTTP calls good: an error given here is thrown and reported. An answer
   * in the provider's own envelope is no outage: its kind is rejected, misconfigured or try-later. Null: the
   * answer stands.
   */
  readonly checkAnswer?: (json: Json) => ProviderError | null;
  /**
   * The wing's word on the body of an HTTP failure, so that the provider's own answer is told from a server's
   * in front of it.
   */
  readonly readFailure?: ReadFailure;
}

/** One account's way to its provider, in the lane of whoever holds it. */
export type Transport = Omit<ReturnType<typeof createTransport>, 'in'>;

/** A read is tried at most so often. */
const MAX_TRIES = 3;
/** The pause before the second try is a random part of this, before the third of twice this. */
const PAUSE_MS = 150;

/**
 * How one call may end before its answer: `signal` aborts at the deadline, and when its caller gives up; and
 * the lane that it goes in.
 */
interface Ends {
  readonly signal: AbortSignal;
  readonly caller: AbortSignal;
  readonly lane: CallLane;
}

/** The body parsed as JSON, every number as its source text so that no digit is lost. */
type Result = { readonly json: Json } | ProviderError;

/**
 * Whose calls go where. Creates, the questions of jobs and those of readers have their own places, their own
 * breaker and their own gaps: whatever readers ask for, it neither holds up nor stops a refund.
 */
const LANES = ['refunds', 'jobs', 'reads'] as const;

/** Calls of one lane that wait, for each place. */
const WAITING_FOR_A_PLACE = 16;

/**
 * Opens the way to one account, for readers; `in` is the same way in another lane. Nothing is connected
 * before the first call.
 */
export function createTransport(options: {
  readonly account: AccountKey;
  readonly baseUrl: string;
  /** Longest time for one call, waiting and repeated tries included. Default 10,000. */
  readonly timeoutMs?: number;
  /** Most requests under way at once; the others wait, up to 16 times as many in each lane. Default 32. */
  readonly maxConcurrency?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell?: Tell;
  /** What readers were answered before. Left out: nothing is remembered. */
  readonly remembered?: Remembered;
  /**
   * Opens after so many failures in a row (default 5), and lets one call try after so long (default 5,000
   * ms).
   */
  readonly breaker?: { readonly failures: number; readonly halfOpenAfterMs: number };
}) {
  const { account, clock, random, tell, remembered, timeoutMs = 10_000, maxConcurrency = 32 } = options;
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  const openPool = () =>
    new Pool(base.origin, {
      connections: maxConcurrency,
      allowH2: false,
      connect: { timeout: Math.min(timeoutMs, 5_000) },
    });
  const kept = openPool();
  // A kept connection may be closed by the provider while a request is on its way, and then nobody knows
  // whether it was read. A read is repeated; what can't be gets a connection of its own.
  const fresh = openPool();
  const places = createLanes(maxConcurrency, LANES, {
    own: (lane) => Math.floor(maxConcurrency / (lane === 'refunds' ? 4 : 8)),
    waiting: () => WAITING_FOR_A_PLACE * maxConcurrency,
  });
  const health = createHealth(clock);
  const openLane = (lane: CallLane) => ({
    enter: (signal: AbortSignal) => places.enter(lane, signal),
    slowDown: createSlowDown(clock),
    breaker: createBreaker({
      ...(options.breaker ?? { failures: 5, halfOpenAfterMs: 5_000 }),
      changed: (state) => tell?.({ kind: 'breaker-changed', account, lane, state }),
    }),
  });
  const lanes = { refunds: openLane('refunds'), jobs: openLane('jobs'), reads: openLane('reads') };
  const running = new Set<Promise<unknown>>();
  let closed = false;

  /** One request and its answer or error. */
  async function exchangeOnce(call: Call, request: TransportRequest, ends: Ends): Promise<Result> {
    const { method, path, body, checkAnswer, repeatable, rememberAs } = request;
    const trace = currentTrace();
    const headers = {
      accept: 'application/json',
      'accept-encoding': ACCEPTED_ENCODINGS,
      ...(trace !== null && traceHeaders(trace, random)),
      ...request.headers,
    };
    const wire = { method, path: prefix + path, headers, ...(body !== undefined && { body }) };
    const got = await (repeatable
      ? exchange(kept, wire, ends.signal)
      : exchange(fresh, { ...wire, reset: true }, ends.signal));
    if (!('bytes' in got)) {
      if (got.code !== 'ABORTED') return exchangeError(call, got);
      return timedOut(call, { sent: got.sent, isAbandoned: ends.caller.aborted, timeoutMs });
    }
    const isGood = got.status === 200 && rememberAs !== undefined && ends.lane === 'reads';
    const name = isGood ? JSON.stringify([account, rememberAs]) : null;
    const known = name === null ? undefined : remembered?.answer(name, got);
    if (known !== undefined) return { json: known };
    const json = await answerOrError(call, got, request);
    if (json instanceof ProviderError) return json;
    const problem = checkAnswer?.(json) ?? null;
    if (problem !== null) return problem;
    if (name !== null) remembered?.keepAnswer(name, got, json);
    return { json };
  }

  function record(tried: {
    readonly call: Call;
    readonly attempt: number;
    readonly startedAt: Date;
    readonly result: Result;
    readonly isAbandoned: boolean;
  }): void {
    const { call, attempt, startedAt, result, isAbandoned } = tried;
    const failed = result instanceof ProviderError;
    // The provider counts the calls of all lanes together.
    for (const { slowDown } of Object.values(lanes)) {
      if (failed && result.slowDown) slowDown.slowDown();
      else if (!isOutage(result)) slowDown.answered();
    }
    if (!failed) health.succeeded();
    else if (!isAbandoned) health.failed(result);
    tell?.({
      kind: failed && !isAbandoned ? 'call-failed' : 'call-answered',
      ...call,
      attempt,
      outcome: failed ? (isAbandoned ? 'abandoned' : result.kind) : 'ok',
      httpStatus: failed ? result.httpStatus : null,
      ms: clock().getTime() - startedAt.getTime(),
    });
  }

  /**
   * One try: a place in the line, a request made afresh, the breaker's leave. `again`: another try is
   * harmless and may help.
   */
  async function tryOnce(
    make: () => TransportRequest,
    attempt: number,
    ends: Ends,
  ): Promise<{ readonly result: Result; readonly again: boolean }> {
    const { enter, slowDown, breaker } = lanes[ends.lane];
    const entered = await enter(ends.signal).catch((error: unknown) =>
      error instanceof OverloadedError ? error : null,
    );
    const leave = entered instanceof OverloadedError ? null : entered;
    try {
      const request = madeBy(make, account);
      if (request instanceof ProviderError) return { result: request, again: false };
      const call = { account, operation: request.operation };
      if (entered instanceof OverloadedError) return { result: overloaded(call), again: false };
      const isTurn = leave !== null && (await slowDown.turn(ends.signal));
      if (!isTurn) {
        const why = { sent: false, isAbandoned: ends.caller.aborted, timeoutMs };
        return { result: timedOut(call, why), again: false };
      }
      const startedAt = clock();
      const wasAbandoned = (result: Result) =>
        ends.caller.aborted && result instanceof ProviderError && result.kind === 'timed-out';
      const result = await breaker.run(
        async () => {
          use('providerCalls', 1);
          const ended = await exchangeOnce(call, request, ends);
          record({ call, attempt, startedAt, result: ended, isAbandoned: wasAbandoned(ended) });
          return ended;
        },
        // A call that its caller gave up says nothing about the provider, unless the breaker waits for its
        // end.
        (ended, trial) => isOutage(ended) && (trial || !wasAbandoned(ended)),
      );
      if (result === null) return { result: notTried(call), again: false };
      return { result, again: request.repeatable && result instanceof ProviderError && result.kind === 'unavailable' };
    } finally {
      leave?.();
    }
  }

  /**
   * Sends once (reads: again with jitter on failure). Resolves with a 2xx JSON answer, else throws
   * ProviderError. A function makes the request anew for each try, so that each is signed with a fresh
   * timestamp.
   */
  async function sendIn(lane: CallLane, request: TransportRequest | (() => TransportRequest), caller: AbortSignal) {
    if (closed) throw closing(account);
    const ended = Promise.withResolvers<void>();
    running.add(ended.promise);
    const make = typeof request === 'function' ? request : () => request;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    const signal = AbortSignal.any([caller, late.signal]);
    try {
      for (let attempt = 1; ; attempt++) {
        const { result, again } = await tryOnce(make, attempt, { signal, caller, lane });
        if (!(result instanceof ProviderError)) return result;
        if (!again || attempt === MAX_TRIES || !(await pause(random() * PAUSE_MS * attempt, signal))) throw result;
      }
    } finally {
      clearTimeout(timer);
      running.delete(ended.promise);
      ended.resolve();
    }
  }

  /** Lets what runs finish, refuses what comes. */
  async function close(): Promise<void> {
    closed = true;
    await Promise.allSettled(running);
    // What is left are idle connections, and tries to connect that nobody waits for.
    await Promise.all([kept.destroy(), fresh.destroy()]);
  }

  const isAnyOpen = (): boolean => Object.values(lanes).some(({ breaker }) => !breaker.isClosed());
  const shared = {
    health: (): AccountHealth => health.read(isAnyOpen()),
    /** An answer came, and something in it can't be read: that is seen in the health. */
    doubt: health.failed,
    close,
  };
  const way = (lane: CallLane) => ({
    ...shared,
    send: (request: TransportRequest | (() => TransportRequest), caller: AbortSignal) => sendIn(lane, request, caller),
  });
  return { ...way('reads'), in: way };
}

function madeBy(make: () => TransportRequest, account: AccountKey): TransportRequest | ProviderError {
  try {
    return make();
  } catch (problem) {
    return problem instanceof ProviderError ? problem : notMade(account, problem);
  }
}

/** What kept an answer from coming counts against the provider; an answer does not, whatever it says. */
function isOutage(result: Result): boolean {
  if (!(result instanceof ProviderError)) return false;
  switch (result.kind) {
    case 'unavailable':
    case 'timed-out':
    case 'malformed':
      return true;
    case 'rejected':
    case 'misconfigured':
    case 'try-later':
      return false;
  }
}

/** Waits; false when the signal aborts first. */
const pause = (ms: number, signal: AbortSignal): Promise<boolean> => wait(ms, true, { signal }).catch(() => false);
