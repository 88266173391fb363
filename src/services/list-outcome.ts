/** Reads all sources of a list at once; each may fail alone. */
import { ProviderError } from '../providers/errors.ts';
import { untilAborted } from '../flow/abort.ts';
import type { Clock } from '../flow/clock.ts';
import type { SourcePlace } from '../refunds/cursor.ts';
import type { Bridge, ListSource, ReadAsk, Reading } from './list-source.ts';

export interface SourceFailure {
  readonly at: Date;
  readonly code: string;
  readonly message: string;
}

/** What came of reading one source. */
export interface Outcome {
  readonly source: ListSource;
  /** Where reading began; the source's place stays there when it failed. */
  readonly place: SourcePlace;
  readonly at: Date;
  readonly result:
    | { readonly kind: 'read'; readonly reading: Reading }
    | { readonly kind: 'failed'; readonly failure: SourceFailure; readonly bridge: Bridge | null };
}

interface ReadDeps {
  readonly clock: Clock;
  readonly deadlineMs: number;
}

/**
 * Reads every source from its place. A ProviderError, or no answer within the deadline, is that source's failure, and what can be
 * shown instead is looked for; anything else is thrown, and so is the caller's abort. The others are then told to stop.
 */
export async function readSources(
  sources: readonly { readonly source: ListSource; readonly place: SourcePlace }[],
  ask: Omit<ReadAsk, 'place'>,
  { clock, deadlineMs }: ReadDeps,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  signal.throwIfAborted();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, deadline.signal, stop.signal]);

  async function readOne(source: ListSource, place: SourcePlace): Promise<Outcome> {
    try {
      const reading = await untilAborted(source.read({ ...ask, place }, either), either);
      return { source, place, at: clock(), result: { kind: 'read', reading } };
    } catch (error) {
      signal.throwIfAborted();
      const failure = failureOf(error, clock());
      const bridge = (await source.bridge?.({ ...ask, place })) ?? null;
      return { source, place, at: failure.at, result: { kind: 'failed', failure, bridge } };
    }
  }

  function failureOf(error: unknown, at: Date): SourceFailure {
    const message = `It did not answer within ${deadlineMs} ms.`;
    if (deadline.signal.aborted) return { at, code: 'TIMED_OUT', message };
    if (!(error instanceof ProviderError)) throw error;
    return { at, code: error.code, message: error.message };
  }

  try {
    return await Promise.all(sources.map(({ source, place }) => readOne(source, place)));
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}
