/** How far the copy of a provider's list has come: one row for each account, moved in the transaction of what was copied. */
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
}

export interface MirrorState {
  readonly account: AccountKey;
  /** 0: nothing was copied yet. Counts the moves, so that of two processes that copy the same page one moves. */
  readonly revision: number;
  readonly pass: MirrorPass | null;
  /** Rows of the first whole copy so far. */
  readonly copied: number;
  /** Rows in the whole list, as the provider last said it. */
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

/** Writes a state in the place of the one that it was made from. False when somebody else has moved that meanwhile. */
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
        },
  copied: row.copied,
  total: row.total,
  completedAt: row.completed_at,
  copiedUpTo: row.copied_up_to,
  asOf: row.as_of,
});

const rowOf = ({ account, revision, pass, copied, total, completedAt, copiedUpTo, asOf }: MirrorState) => ({
  account_key: account,
  revision: revision + 1,
  pass_started_at: pass?.startedAt ?? null,
  pass_cursor: pass?.cursor ?? null,
  pass_newest_at: pass?.newestAt ?? null,
  pass_until: pass?.until ?? null,
  copied,
  total,
  completed_at: completedAt,
  copied_up_to: copiedUpTo,
  as_of: asOf,
});
