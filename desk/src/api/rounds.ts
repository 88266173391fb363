/** Queries that are asked again because of events. */
import { startTransition, useEffect, useEffectEvent, useRef, useState } from 'react';
import { gather, type Gathering } from './gather.ts';
import { answered } from './http.ts';
import { useLiveEvents, type LiveEvent } from './live.ts';

/**
 * How to want that something is asked again, while the component is there. It waits for the answer to this query
 * that is on its way: Relay takes an equal question for the same one, and that answer may be older than the event.
 * `pauseMs`: wishes within this time are one question.
 */
export function useGathered(query: string, ask: () => Promise<void>, pauseMs: number): () => void {
  const askNow = useEffectEvent(ask);
  const gathering = useRef<Gathering | null>(null);
  useEffect(() => {
    const made = gather(async () => {
      await answered(query);
      await askNow();
    }, pauseMs);
    gathering.current = made;
    return () => made.stop();
  }, [query, pauseMs]);
  return () => gathering.current?.want();
}

/** A number that grows after an event that concerns the screen: give it to the query in its `fetchKey`. */
export function useRound(query: string, concerns: (event: LiveEvent) => boolean, pauseMs = 0): number {
  const [round, setRound] = useState(0);
  const want = useGathered(query, async () => startTransition(() => setRound((old) => old + 1)), pauseMs);
  useLiveEvents((event) => {
    if (concerns(event)) want();
  });
  return round;
}
