/** One list out of several: which row of which source comes next. */

/** The rows of one source from its position on. */
export interface MergeSource {
  readonly keys: readonly number[];
  /** Whether there are, or may be, more rows than these. */
  readonly more: boolean;
  /** The key up to which these are all the rows there are; null: unknown beyond the last of them. */
  readonly horizon: number | null;
}

/** A row taken: the `nth` of the source's rows. */
export interface Pick {
  readonly source: number;
  readonly nth: number;
}

export interface Merged {
  readonly picks: readonly Pick[];
  /**
   * A source ran out of rows that it may yet have: what comes next can't be known, so the page ends early.
   */
  readonly blocked: boolean;
  /** There are, or may be, more rows. */
  readonly more: boolean;
}

/**
 * Takes up to `limit` rows in the order of their keys; at the same key in the order of the sources. Rows of
 * one source keep its own order, whatever their keys: a source that was away and lags behind the others
 * comes first until it has caught up, so that none of its rows is passed over.
 */
export function merge(sources: readonly MergeSource[], limit: number): Merged {
  const taken = sources.map(() => 0);
  const picks: Pick[] = [];
  const nextKey = (source: number): number | undefined => sources[source]?.keys[taken[source] ?? 0];

  function nearest(): { source: number; key: number } | null {
    let best: { source: number; key: number } | null = null;
    for (const source of sources.keys()) {
      const key = nextKey(source);
      if (key !== undefined && (best === null || key < best.key)) best = { source, key };
    }
    return best;
  }

  /** Whether a source that has run dry may have a row that comes before `key`. */
  function mayComeBefore(key: number | null): boolean {
    return sources.some((source, index) => {
      if (!source.more || nextKey(index) !== undefined) return false;
      return key === null || source.horizon === null || key >= source.horizon;
    });
  }

  let blocked = false;
  while (picks.length < limit) {
    const best = nearest();
    blocked = mayComeBefore(best?.key ?? null);
    if (blocked || best === null) break;
    const nth = taken[best.source] ?? 0;
    picks.push({ source: best.source, nth });
    taken[best.source] = nth + 1;
  }
  return { picks, blocked, more: nearest() !== null || sources.some(({ more }) => more) };
}
