/**
 * A provider's list with the ledger beside it. Refunds that only the ledger has (begun here, and not
 * confirmed or refused) stand at their places. The provider may know one all the same, under another time.
 * Then its own row counts, unless the walk has shown the ledger's before.
 *
 * While the provider is away its rows are shown from the ledger. That may not know them all, so the position
 * in the provider's list stays where it was, and the cursor has the fingerprints of the rows that were
 * shown. Once the provider is back its list is read on from that position, without those rows.
 */
import { isKeyGap, type KeyPosition, type PairPosition, type SourcePosition } from '../../paging/cursor.ts';
import { mergeRows } from '../../paging/merge.ts';
import { beyondRow, type Position } from '../../paging/position.ts';
import type { ReadLimits } from '../../paging/source.ts';
import type { Direction } from '../../refunds/filter.ts';
import { inTime, readLedger, type LedgerList } from './ledger-source.ts';
import type { ProviderPages } from './provider-pages.ts';
import { failedAt, readProvider } from './provider-source.ts';
import { isOneRefund, sortKey, type RefundRow, type RefundRows } from './source.ts';

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
export async function readLive(of: LiveList, position: SourcePosition, limits: ReadLimits): Promise<RefundRows> {
  const opening = openingAt(position);
  const [listed, unlisted] = await Promise.all([
    readListed(of, opening, limits),
    // Twice as many: the provider's list may have each of them, too.
    inTime(readLedger({ ...of.stored, part: 'UNLISTED' }, opening.unlisted, 2 * limits.need), limits),
  ]);
  return joined({ ...listed, rows: passing(listed.rows, opening.shown) }, unlisted, {
    order: of.stored.order,
    shown: opening.shown,
  });
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

/** The rows, those that were shown already as ones that the walk passes. */
function passing(rows: readonly RefundRow[], shown: readonly string[]): readonly RefundRow[] {
  const known = new Set(shown);
  return rows.map((row) => (known.has(row.fingerprint) ? { ...row, matches: false } : row));
}

async function readListed(of: LiveList, { listed: from, fallback }: Opening, limits: ReadLimits): Promise<ListedRows> {
  if (isKeyGap(from)) {
    const read = await inTime(readLedger(listedPart(of), from, limits.need), limits);
    return { ...read, at: (...place) => ({ listed: read.at(...place), fallback: null }) };
  }
  const shown = fallback?.shown ?? [];
  const { provider } = of;
  const more = { ...limits, need: limits.need + shown.length };
  const read = await readProvider(provider, from, more).catch(failedAt(provider, from, limits));
  const stored = read.failure && (await readStored(of, { from, fallback }, limits.need));
  if (stored) return { ...stored, failure: read.failure };
  return {
    ...read,
    rows: passing(read.rows, shown),
    at: (count, side) => {
      // Rows that are passed in the provider's own list need not be named any more.
      const passed = new Set(read.rows.slice(0, count).map(({ fingerprint }) => fingerprint));
      const left = shown.filter((fingerprint) => !passed.has(fingerprint));
      const rest = fallback && left.length > 0 ? { ...fallback, shown: left } : null;
      return { listed: read.at(count, side), fallback: rest };
    },
  };
}

const listedPart = ({ stored }: LiveList) => ({ ...stored, withTotal: false, part: 'LISTED' }) as const;

/** The rows that the ledger knows beyond a position in the provider's list; null when none can be shown. */
async function readStored(
  of: LiveList,
  { from, fallback }: { readonly from: Position } & Pick<Opening, 'fallback'>,
  need: number,
): Promise<ListedRows | null> {
  const start = startOf(from, of.stored.order);
  if (start === null) return null;
  const before = fallback?.shown ?? [];
  const read = await readLedger(listedPart(of), start, need + before.length);
  const isNew = ({ fingerprint }: RefundRow) => !before.includes(fingerprint);
  // When a cursor can name no more of them, the other sources go on without this one.
  const tooMany = read.rows.filter(isNew)[of.most - before.length];
  const rows = tooMany === undefined ? read.rows : read.rows.slice(0, read.rows.indexOf(tooMany));
  if (!rows.some(isNew)) return null;
  return {
    ...read,
    rows: passing(rows, before),
    more: tooMany === undefined && read.more,
    complete: false,
    opposite: start !== 'start' || before.length > 0,
    asOf: (await of.storedAsOf()) ?? read.asOf,
    at: (count, side) => {
      if (count === 0) return { listed: from, fallback };
      const added = rows.slice(0, count).filter(isNew);
      const shown = [...before, ...added.map(({ fingerprint }) => fingerprint)];
      return { listed: from, fallback: { shown, at: read.at(count, side) } };
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
  return { kind: 'key', side: 'behind', value: order === 'ASC' ? time + 1 : time, id: '' };
}

function joined(
  listed: ListedRows,
  unlisted: RefundRows<KeyPosition>,
  { order, shown }: { readonly order: Direction } & Pick<Opening, 'shown'>,
): RefundRows {
  const isListed = (own: RefundRow) => listed.rows.some(({ content }) => isOneRefund(content, own.content));
  const twice = new Set(unlisted.rows.filter(isListed));
  const ownRows = unlisted.rows.map((row) => (twice.has(row) ? { ...row, matches: false } : row));
  const pair = [listed, { ...unlisted, rows: ownRows }];
  // In the same second the provider's rows are the newer ones: whichever way the list is walked.
  const listedNth = order === 'DESC' ? 0 : 1;
  const { rows } = mergeRows(order === 'DESC' ? pair : pair.toReversed());

  function at(count: number, side: 'on' | 'behind'): SourcePosition {
    const passed = rows.slice(0, count);
    const ofListed = passed.filter(({ nth }) => nth === listedNth);
    const ofUnlisted = passed.filter(({ nth }) => nth !== listedNth);
    const isOnListed = passed.at(-1)?.nth === listedNth;
    const place = listed.at(ofListed.length, isOnListed ? side : 'behind');
    const beside = unlisted.at(ofUnlisted.length, isOnListed ? 'behind' : side);
    const key = ofListed.at(-1)?.row.key;
    // Where there was none, one that comes later has its place in front of the rows that were passed.
    const isFirst = beside === 'empty' && key !== undefined;
    const own = isFirst ? ({ kind: 'key', side: 'behind', value: sortKey(key, order), id: '' } as const) : beside;
    if (place.listed === own && place.fallback === null) return own;
    const added = ofUnlisted.flatMap(({ row }) => (row.matches ? [row.fingerprint] : []));
    const remembered = [...shown, ...added].slice(-MOST_REMEMBERED);
    return { kind: 'pair', side: 'behind', ...place, unlisted: own, shown: remembered };
  }

  return {
    ...listed,
    rows: rows.map(({ row }) => row),
    more: listed.more || unlisted.more,
    opposite: listed.opposite || unlisted.opposite,
    total: listed.total === null || unlisted.total === null ? null : listed.total + unlisted.total - twice.size,
    at,
  };
}
