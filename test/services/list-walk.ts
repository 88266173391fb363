/** Walks through sources page by page, as `list.ts` does, but without the ledger between. */
import { readCursor, writeCursor } from '../../src/refunds/cursor.ts';
import type { Toward } from '../../src/refunds/place.ts';
import { draftPage } from '../../src/services/list-draft.ts';
import { readSources, type Outcome } from '../../src/services/list-outcome.ts';
import type { ListSource } from '../../src/services/list-source.ts';

export interface WalkedPage {
  /** Ids in the order of the list. */
  readonly ids: readonly string[];
  readonly more: boolean;
  readonly opposite: boolean;
  /** The cursor to go on from. */
  readonly next: string | null;
  readonly cursors: readonly string[];
  readonly outcomes: readonly Outcome[];
}

const QUERY = 'a test';

export async function walkPage(
  sources: readonly ListSource[],
  { toward, size, from }: { readonly toward: Toward; readonly size: number; readonly from: string | null },
): Promise<WalkedPage> {
  const cursor = from === null ? null : readCursor(QUERY, from, toward);
  const edge = toward === 'after' ? 'start' : 'end';
  const placed = sources.map((source, index) => ({
    source,
    place: cursor?.[index] ?? ({ kind: 'list', place: edge } as const),
  }));
  const outcomes = await readSources(
    placed,
    { toward, need: size + 1, withTotal: true },
    { clock: () => new Date(0), deadlineMs: 10_000 },
    new AbortController().signal,
  );
  const draft = draftPage(outcomes, size, toward);
  const ids = draft.rows.map(({ row: { content } }) =>
    content.kind === 'observed' ? content.observation.merchantRefundId : content.refund.merchantRefundId,
  );
  const cursors = draft.rows.map(({ cursor: places }) => writeCursor(QUERY, places));
  const goesOn = draft.more && (draft.blocked || ids.length === 0);
  return {
    ids: toward === 'after' ? ids : ids.toReversed(),
    more: draft.more,
    opposite: draft.opposite,
    next: goesOn ? writeCursor(QUERY, draft.rest) : (cursors.at(-1) ?? null),
    cursors: toward === 'after' ? cursors : cursors.toReversed(),
    outcomes,
  };
}
