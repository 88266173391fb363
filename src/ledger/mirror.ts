/**
 * How far the copy of a provider's list has come: one row for each account, moved in the transaction of what
 * was copied.
 */
import type { Selectable } from 'kysely';
import { accountKey, type AccountKey } from '../refunds/ids.ts';
import type { Db, Tx } from './database/database.ts';
import type { Tables } from './tables.ts';

/** The queue of the jobs that copy an account's list. `jobs/` works on it. */
export const mirrorQueueOf = (account: AccountKey): string => `mirror.${account}`;

/** One walk through the list, from the newest row down. */
export interface MirrorPass {
  readonly startedAt: Date;
  /** The place that it has come to; null: it has not begun. */
  readonly cursor: string | null;
  /** When the newest row that it has seen was made. */
  readonly newestAt: Date | null;
  /** It ends below rows that were made then; null: at the end of the list. */
  readonly until: Date | null;
  /** Rows that the list had when it began; null: it has not begun. */
  readonly total: number | null;
}

export interface MirrorState {
  readonly account: AccountKey;
  /**
   * 0: nothing was copied yet. Counts the moves, so that of two processes that copy the same page one moves.
   */
  readonly revision: number;
  readonly pass: MirrorPass | null;
  /** Refunds of the list that are in the ledger, as far as its first whole copy has come. */
  readonly copied: number;
  /** Rows of it that can't be read. */
  readonly unreadable: number;
  /** Rows in the whole list, without those of other accounts, as the provider last said it. */
  readonly total: number | null;
  /** When the first whole copy was there. */
  readonly completedAt: Date | null;
  /** Every refund that was made up to then has been copied. */
  readonly copiedUpTo: Date | null;
  /** When the last pass that came to its end began. */
  readonly asOf: Date | null;
}

export const notCopied = (account: AccountKey): MirrorState => ({
  account,
  revision: 0,
  pass: null,
  copied: 0,
  unreadable: 0,
  total: null,
  completedAt: null,
  copiedUpTo: null,
  asOf: null,
});

/** The states of those accounts whose list was begun to be copied. */
export async function readMirrors(db: Db, accounts: readonly AccountKey[]): Promise<readonly MirrorState[]> {
  if (accounts.length === 0) return [];
  const rows = await db.selectFrom('mirror_states').selectAll().where('account_key', 'in', accounts).execute();
  return rows.map(stateOf);
}

/**
 * Writes a state in the place of the one that it was made from. False when somebody else has moved that
 * meanwhile.
 */
export async function moveMirror(tx: Tx, state: MirrorState): Promise<boolean> {
  const row = rowOf(state);
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('mirror_states')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('account_key').doUpdateSet(row).where('mirror_states.revision', '=', state.revision),
    )
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** A row of the list that is no refund of the copy. */
export interface ListGap {
  readonly kind: 'UNREADABLE' | 'FOREIGN';
  /** Its time in the list, of its neighbour where it has none. */
  readonly place: Date;
  /** Of UNREADABLE: the member that could not be read. */
  readonly member: string | null;
}

/** Keeps what a page of a pass could not copy. */
export async function addGaps(
  tx: Tx,
  { account, pass }: Pick<MirrorState, 'account'> & { readonly pass: MirrorPass },
  gaps: readonly ListGap[],
): Promise<void> {
  if (gaps.length === 0) return;
  const rows = gaps.map((gap) => ({ account_key: account, pass_started_at: pass.startedAt, ...gap }));
  await tx.insertInto('list_gaps').values(rows).execute();
}

/** Forgets what earlier passes could not copy of the rows that this one has read. */
export async function dropEarlierGaps(
  tx: Tx,
  { account, pass: { startedAt, until } }: Pick<MirrorState, 'account'> & { readonly pass: MirrorPass },
): Promise<void> {
  await tx
    .deleteFrom('list_gaps')
    .where('account_key', '=', account)
    .where('pass_started_at', '<>', startedAt)
    .$if(until !== null, (query) => query.where('place', '>=', until))
    .execute();
}

/** How many rows of an account's list can't be copied, by kind. */
export async function countGaps(db: Db, account: AccountKey): Promise<Readonly<Record<ListGap['kind'], number>>> {
  const rows = await db
    .selectFrom('list_gaps')
    .select(['kind', (eb) => eb.fn.countAll<bigint>().as('count')])
    .where('account_key', '=', account)
    .groupBy('kind')
    .execute();
  const count = (kind: ListGap['kind']) => Number(rows.find((row) => row.kind === kind)?.count ?? 0n);
  return { UNREADABLE: count('UNREADABLE'), FOREIGN: count('FOREIGN') };
}

/** How many rows of each list can't be read, by the member that is wrong. For the operator. */
export async function countUnreadable(
  db: Db,
): Promise<readonly { readonly account: string; readonly member: string; readonly count: number }[]> {
  const rows = await db
    .selectFrom('list_gaps')
    .select(['account_key', 'member', (eb) => eb.fn.countAll<bigint>().as('count')])
    .where('kind', '=', 'UNREADABLE')
    .groupBy(['account_key', 'member'])
    .orderBy('account_key')
    .orderBy('member')
    .execute();
  return rows.map(({ account_key: account, member, count }) => ({
    account,
    member: member ?? '',
    count: Number(count),
  }));
}

const stateOf = (row: Selectable<Tables['mirror_states']>): MirrorState => ({
  account: accountKey(row.account_key),
  revision: row.revision,
  pass:
    row.pass_started_at === null
      ? null
      : {
          startedAt: row.pass_started_at,
          cursor: row.pass_cursor,
          newestAt: row.pass_newest_at,
          until: row.pass_until,
          total: row.pass_total,
        },
  copied: row.copied,
  unreadable: row.unreadable,
  total: row.total,
  completedAt: row.completed_at,
  copiedUpTo: row.copied_up_to,
  asOf: row.as_of,
});

const rowOf = ({ account, revision, pass, completedAt, copiedUpTo, asOf, ...counts }: MirrorState) => ({
  account_key: account,
  revision: revision + 1,
  pass_started_at: pass?.startedAt ?? null,
  pass_cursor: pass?.cursor ?? null,
  pass_newest_at: pass?.newestAt ?? null,
  pass_until: pass?.until ?? null,
  pass_total: pass?.total ?? null,
  copied: counts.copied,
  unreadable: counts.unreadable,
  total: counts.total,
  completed_at: completedAt,
  copied_up_to: copiedUpTo,
  as_of: asOf,
});
