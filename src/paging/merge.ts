/** One list out of several: which row of which source comes next. */

/**
 * The rows of all sources in the order of their keys; at the same key in the order of the sources. Rows of
 * one source keep its own order, whatever their keys: a source that was away and lags behind the others
 * comes first until it has caught up, so that none of its rows is passed over. `blocked`: the order ends
 * early, because a source ran out of rows that it may yet have, and one of these may come next.
 */
export function mergeRows<S extends { readonly rows: readonly { readonly key: number }[]; readonly more: boolean }>(
  sources: readonly S[],
) {
  const taken = sources.map(() => 0);
  const rows: { readonly nth: number; readonly row: S['rows'][number] }[] = [];
  for (;;) {
    let next: (typeof rows)[number] | null = null;
    for (const [nth, source] of sources.entries()) {
      const row = source.rows[taken[nth] ?? 0];
      if (row !== undefined && (next === null || row.key < next.row.key)) next = { nth, row };
    }
    const key = next?.row.key ?? Infinity;
    const blocked = sources.some(
      (source, nth) =>
        source.more && taken[nth] === source.rows.length && key >= (source.rows.at(-1)?.key ?? -Infinity),
    );
    if (next === null || blocked) return { rows, blocked };
    rows.push(next);
    taken[next.nth] = (taken[next.nth] ?? 0) + 1;
  }
}
