/**
 * A provider's list with the ledger beside it. Refunds that only the ledger has (begun here, and not
 * confirmed or refused) stand at their places. The provider may know one all the same, under another time.
 * Then its own row counts, unless the walk has shown the ledger's before.
 *
 * While the provider is away its rows are shown from the ledger. That may not know them all, so the position
 * in the provider's list stays where it was, and the cursor has the fingerprints of the rows that were
 * shown. Once the provider is back its list is read on from that position, without those rows.
 */
import {
  fingerprintOf,
  isKeyGap,
  type KeyPosition,
  type PairPosition,
  type SourcePosition,
} from '../../paging/cursor.ts';
import { mergeRows } from '../../paging/merge.ts';
import { beyondRow, type Position } from '../../paging/position.ts';
import { readLedger, readLedgerInTime, type LedgerList } from './ledger-source.ts';
import type { ProviderPages } from './provider-pages.ts';
import { tryProvider } from './provider-source.ts';
import { idOf, sortKey, type Direction, type RefundRows } from './source.ts';

/** So many of the unlisted rows that were shown are remembered. */
const MOST_REMEMBERED = 40;

export interface LiveList {
  readonly provider: ProviderPages;
  /** What the ledger has of the account. */
  readonly stored: LedgerList;
  /** Most rows that may be shown in the place of the provider's until it is back. */
  readonly most: number;
  /** The instant of which these tell; null: not known. */
  readonly storedAsOf: () => Promise<Date | null>;
}

/** Where both lists are read on. */
type Opening = Omit<PairPosition, 'kind' | 'side'>;
type ListedRows = RefundRows<Pick<PairPosition, 'listed' | 'fallback'>>;

/** Reads both lists at once. */
export async function readLive(
  of: LiveList,
  position: SourcePosition,
  need: number,
  signal: AbortSignal,
): Promise<RefundRows> {
  const opening = openingAt(position);
  const unlisted = { ...of.stored, part: 'UNLISTED' } as const;
  const [listed, own] = await Promise.all([
    readListed(of, opening, need, signal),
    // So many may be told by the provider's list, too.
    readLedgerInTime(unlisted, opening.unlisted, 2 * need, signal),
  ]);
  return joined(listed, own, { order: of.stored.order, shown: opening.shown });
}

/** At an end of the one list is an end of the other. */
function openingAt(position: SourcePosition): Opening {
  const nothing = { fallback: null, shown: [] };
  if (typeof position === 'string') return { ...nothing, listed: position, unlisted: position };
  if (position.kind !== 'pair') return { ...nothing, listed: position, unlisted: 'start' };
  const { side, listed, fallback, unlisted } = position;
  // A walk that has turned round comes to the rows that were shown again, in the list that they came from.
  return side === 'behind' ? position : { ...nothing, listed: fallback?.at ?? listed, unlisted };
}

async function readListed(of: LiveList, opening: Opening, need: number, signal: AbortSignal): Promise<ListedRows> {
  const { listed: from, fallback } = opening;
  if (isKeyGap(from)) {
    const rows = await readLedgerInTime(listedPart(of), from, need, signal);
    return { ...rows, at: (...place) => ({ listed: rows.at(...place), fallback: null }) };
  }
  const shown = fallback?.shown ?? [];
  const read = await tryProvider(of.provider, from, need + shown.length, signal);
  const stored = read.failure === null ? null : await readStored(of, { from, fallback }, need);
  if (stored !== null) return { ...stored, failure: read.failure };
  const { rows, fingerprints } = withoutShown(read.rows, shown);
  return {
    ...read,
    rows,
    at: (count, side) => {
      // Rows that are passed in the provider's own list need not be named any more.
      const passed = new Set(fingerprints.slice(0, count));
      const left = shown.filter((fingerprint) => !passed.has(fingerprint));
      return {
        listed: read.at(count, side),
        fallback: fallback && left.length > 0 ? { ...fallback, shown: left } : null,
      };
    },
  };
}

const listedPart = ({ stored }: LiveList) => ({ ...stored, withTotal: false, part: 'LISTED' }) as const;

/** Rows that were shown already are passed. */
function withoutShown(rows: RefundRows['rows'], shown: readonly string[]) {
  const fingerprints = rows.map(({ content }) => fingerprintOf(idOf(content)));
  const known = new Set(shown);
  return {
    fingerprints,
    rows: rows.map((row, nth) => (known.has(fingerprints[nth] ?? '') ? { ...row, matches: false } : row)),
  };
}

/** The rows that the ledger knows beyond a position in the provider's list; null when none can be shown. */
async function readStored(
  of: LiveList,
  { from, fallback }: { readonly from: Position } & Pick<Opening, 'fallback'>,
  need: number,
): Promise<ListedRows | null> {
  const before = fallback?.shown ?? [];
  const start = startOf(from, of.stored.order);
  const room = of.most - before.length;
  if (start === null || room <= 0) return null;
  const read = await readLedger(listedPart(of), start, need + before.length);
  const known = new Set(before);
  const unseen = read.rows.flatMap((row, nth) => {
    const fingerprint = fingerprintOf(idOf(row.content));
    return known.has(fingerprint) ? [] : [{ row, fingerprint, count: nth + 1 }];
  });
  if (unseen.length === 0) return null;
  const rows = unseen.slice(0, Math.min(need, room));
  return {
    ...read,
    rows: rows.map(({ row }) => row),
    // When a cursor can name no more of them, the other sources go on without this one.
    more: room >= need && (unseen.length > rows.length || read.more),
    complete: false,
    opposite: start !== 'start' || before.length > 0,
    asOf: (await of.storedAsOf()) ?? read.asOf,
    at: (count, side) => {
      const passed = rows.slice(0, count);
      const last = passed.at(-1);
      if (last === undefined) return { listed: from, fallback };
      const shown = [...before, ...passed.map(({ fingerprint }) => fingerprint)];
      return { listed: from, fallback: { shown, at: read.at(last.count, side) } };
    },
  };
}

/**
 * Where the ledger is read for the rows beyond a position in a provider's list. Null when nothing lies
 * beyond, or when the list was empty: it is not known what was shown. Only the provider knows the order
 * within a second, so what else lies in the position's own second waits for it.
 */
function startOf(from: Position, order: Direction): KeyPosition | null {
  const position = beyondRow(from);
  if (position === 'start') return 'start';
  if (typeof position === 'string') return null;
  const time = sortKey(position.key, order);
  // No id is empty: this is in front of the next instant's rows, or behind all later ones when the newest
  // come first.
  return { kind: 'key', side: 'behind', time: order === 'ASC' ? time + 1 : time, id: '' };
}

function joined(
  listed: ListedRows,
  own: RefundRows<KeyPosition>,
  { order, shown }: { readonly order: Direction } & Pick<Opening, 'shown'>,
): RefundRows {
  const told = new Set(listed.rows.map(({ content }) => idOf(content)));
  const ownRows = own.rows.map((row) => ({ ...row, matches: row.matches && !told.has(idOf(row.content)) }));
  const twice = own.rows.filter(({ content }) => told.has(idOf(content))).length;
  const pair = [
    { ...listed, rows: withoutShown(listed.rows, shown).rows },
    { ...own, rows: ownRows },
  ];
  // In the same second the provider's rows are the newer ones: whichever way the list is walked.
  const listedNth = order === 'DESC' ? 0 : 1;
  const { rows } = mergeRows(order === 'DESC' ? pair : pair.toReversed());

  function at(count: number, side: 'on' | 'behind'): SourcePosition {
    const passed = rows.slice(0, count);
    const ofListed = passed.filter(({ nth }) => nth === listedNth);
    const ofOwn = passed.filter(({ nth }) => nth !== listedNth);
    const isLastListed = passed.at(-1)?.nth === listedNth;
    const place = listed.at(ofListed.length, isLastListed ? side : 'behind');
    const beside = own.at(ofOwn.length, isLastListed ? 'behind' : side);
    const passedKey = ofListed.at(-1)?.row.key;
    // Where there was none, one that comes later has its place in front of the rows that were passed.
    const unlisted: KeyPosition =
      beside === 'empty' && passedKey !== undefined
        ? { kind: 'key', side: 'behind', time: sortKey(passedKey, order), id: '' }
        : beside;
    if (place.listed === unlisted && place.fallback === null) return unlisted;
    const fingerprints = ofOwn.flatMap(({ row }) => (row.matches ? [fingerprintOf(idOf(row.content))] : []));
    return {
      kind: 'pair',
      side: 'behind',
      ...place,
      unlisted,
      shown: [...shown, ...fingerprints].slice(-MOST_REMEMBERED),
    };
  }

  return {
    ...listed,
    rows: rows.map(({ row }) => row),
    more: listed.more || own.more,
    opposite: listed.opposite || own.opposite,
    total: listed.total === null || own.total === null ? null : listed.total + own.total - twice,
    at,
  };
}
