/** Counts the requests that the providers receive, so that a test can say how many calls an answer cost. */
import { ofEach, PROVIDERS, type ProviderName } from '../model.ts';
import type { Operation } from '../simulation.ts';

/** `other`: a request that no documented endpoint takes. */
export type Counts = Record<Operation | 'other', number>;

export interface CallReport {
  readonly providers: Readonly<Record<ProviderName, Readonly<Counts> & { readonly largestInFlight: number }>>;
  readonly total: number;
  readonly largestInFlight: number;
}

export interface Calls {
  /** A request came in; call what it returns when it is over. */
  readonly arrived: (provider: ProviderName, operation: Operation | 'other') => () => void;
  readonly report: () => CallReport;
  readonly reset: () => void;
}

interface Tally {
  counts: Counts;
  inFlight: number;
  largest: number;
}

const tally = (): Tally => ({ counts: { list: 0, query: 0, create: 0, other: 0 }, inFlight: 0, largest: 0 });

/** Counters at nought. */
export function openCalls(): Calls {
  const tallies = ofEach(tally);
  const all = tally();
  return {
    arrived(provider, operation) {
      for (const each of [tallies[provider], all]) {
        each.counts[operation] += 1;
        each.inFlight += 1;
        each.largest = Math.max(each.largest, each.inFlight);
      }
      return () => {
        tallies[provider].inFlight -= 1;
        all.inFlight -= 1;
      };
    },
    report() {
      return {
        providers: ofEach((name) => ({ ...tallies[name].counts, largestInFlight: tallies[name].largest })),
        total: Object.values(all.counts).reduce((sum, count) => sum + count, 0),
        largestInFlight: all.largest,
      };
    },
    reset() {
      for (const each of [...PROVIDERS.map((name) => tallies[name]), all]) {
        each.counts = tally().counts;
        // What is still being answered stays in flight.
        each.largest = each.inFlight;
      }
    },
  };
}
