/**
 * A provider's list, with the refunds that only the ledger has at their places: begun here, and not confirmed
 * or refused. The provider may know one all the same, under another time. Then its own row counts, unless the
 * walk has shown the ledger's before.
 */
import { fingerprintOf, type KeyPosition, type PairPosition, type SinglePosition } from '../../paging/cursor.ts';
import { merge } from '../../paging/merge.ts';
import type { SourceRows } from '../../paging/source.ts';
import type { ledgerSource } from './ledger-source.ts';
import type { Direction } from '../../refunds/filter.ts';
import { idOf, isOneRefund, sortKey, type ListedRefund, type RefundSource } from './source.ts';

/** So many of the rows that were shown from the ledger are remembered. */
const MOST_REMEMBERED = 40;

type ListedRows = SourceRows<ListedRefund, SinglePosition>;
type UnlistedRows = SourceRows<ListedRefund, KeyPosition>;

/** Where both lists are read on. `shown`: fingerprints of the ledger's rows that this walk has shown. */
export interface PairOpening {
  readonly listed: SinglePosition;
  readonly unlisted: KeyPosition;
  readonly shown: readonly string[];
}

/**
 * What a position in the list of an account says of both lists. At an end of the one is an end of the other.
 */
export function pairAt(position: SinglePosition | PairPosition): PairOpening {
  if (typeof position === 'string') return { listed: position, unlisted: position, shown: [] };
  if (position.kind !== 'pair') return { listed: position, unlisted: 'start', shown: [] };
  const { listed, unlisted, side } = position;
  // Rows that were shown lie ahead of a walk that has turned round: it comes to them again.
  return { listed, unlisted, shown: side === 'behind' ? position.shown : [] };
}

/** Joins the list of a provider with the refunds that only the ledger has. `order` is that of the walk. */
export function withUnlisted(
  listed: RefundSource<SinglePosition>,
  unlisted: ReturnType<typeof ledgerSource>,
  { order, at }: { readonly order: Direction; readonly at: PairOpening },
): RefundSource {
  async function joined(read: ListedRows, need: number): Promise<SourceRows<ListedRefund>> {
    const own = await unlisted.read(need + read.rows.length);
    const isListed = (one: ListedRefund): boolean => read.rows.some(({ content }) => isOneRefund(content, one));
    const rows = own.rows.map((row) => ({ ...row, matches: !isListed(row.content) }));
    const twice = rows.filter(({ matches }) => !matches).length;
    const total = read.total === null || own.total === null ? null : read.total + own.total - twice;
    return join({ ...read, rows: withoutShown(read, at.shown), total }, { ...own, rows }, { order, at });
  }

  return {
    ...listed,
    position: at.listed === at.unlisted ? at.listed : positionOf(at, at.listed, at.unlisted),
    read: async (need, signal) => joined(await listed.read(need, signal), need),
    fallback: async (need) => {
      const stored = (await listed.fallback?.(need)) ?? null;
      const rows = await joined(stored ?? nothingOf(at.listed), need);
      return stored === null && rows.rows.length === 0 ? null : rows;
    },
  };
}

function positionOf({ shown }: Pick<PairOpening, 'shown'>, listed: SinglePosition, unlisted: KeyPosition) {
  if (listed === unlisted) return listed;
  return { kind: 'pair', side: 'behind', listed, unlisted, shown } as const satisfies PairPosition;
}

const withoutShown = ({ rows }: ListedRows, shown: readonly string[]) =>
  rows.map((row) => (shown.includes(fingerprintOf(idOf(row.content))) ? { ...row, matches: false } : row));

/** The provider can't be read, and the ledger knows none of its rows. */
function nothingOf(position: SinglePosition): ListedRows {
  const stay = () => position;
  const none = { rows: [], more: false, complete: false, opposite: false, total: null, queriedAt: null, asOf: null };
  return { ...none, beyond: stay, on: stay };
}

function join(
  listed: ListedRows,
  unlisted: UnlistedRows,
  { order, at }: { readonly order: Direction; readonly at: PairOpening },
): SourceRows<ListedRefund> {
  // In the same second the provider's rows are the newer ones: whichever way the list is walked.
  const pair = order === 'DESC' ? [listed, unlisted] : [unlisted, listed];
  const sources = pair.map(({ rows, more }) => {
    const keys = rows.map(({ key }) => key);
    return { keys, more, horizon: keys.at(-1) ?? null };
  });
  const { picks, more } = merge(sources, Infinity);
  const taken = picks.flatMap(({ source, nth }) => {
    const from = pair[source];
    const row = from?.rows[nth];
    return row === undefined ? [] : [{ row, isListed: from === listed }];
  });
  const fingerprints = taken.map(({ row, isListed }) =>
    !isListed && row.matches ? fingerprintOf(idOf(row.content)) : null,
  );

  /** Behind `count` rows, the last of which the position stands on if `standsOn`. */
  function place(count: number, standsOn: boolean) {
    const passed = taken.slice(0, count);
    const ofListed = passed.filter(({ isListed }) => isListed).length;
    const last = standsOn ? passed.at(-1) : undefined;
    const ofUnlisted = count - ofListed;
    const shown = [...at.shown, ...fingerprints.slice(0, count).filter((one) => one !== null)];
    const beside = last?.isListed === false ? unlisted.on(ofUnlisted - 1) : unlisted.beyond(ofUnlisted);
    const passedKey = passed.findLast(({ isListed }) => isListed)?.row.key;
    return positionOf(
      { shown: shown.slice(-MOST_REMEMBERED) },
      last?.isListed === true ? listed.on(ofListed - 1) : listed.beyond(ofListed),
      // Where there was none, one that comes later has its place in front of the rows that were passed.
      beside === 'empty' && passedKey !== undefined
        ? { kind: 'key', side: 'behind', time: sortKey(passedKey, order), id: '' }
        : beside,
    );
  }

  return {
    ...listed,
    rows: taken.map(({ row }) => row),
    more,
    opposite: listed.opposite || unlisted.opposite,
    beyond: (count) => place(count, false),
    on: (nth) => place(nth + 1, true),
  };
}
