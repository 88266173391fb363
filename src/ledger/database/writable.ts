/** Whether the ledger can be written now: a database that answers may be a standby, read-only or full. */
import type pg from 'pg';
import type { Clock } from '../../flow/clock.ts';
import { codeOf } from './errors.ts';

/**
 * After a write that failed for this reason the server says that it is not ready, for so long (milliseconds).
 * Then it is tried again: only a write shows that there is room.
 */
const NOT_WRITABLE_MS = 10_000;

/**
 * SQLSTATEs of a write that the database could not make: no room, no memory, a disk that fails, read-only.
 */
const REASONS: Readonly<Record<string, string>> = {
  '53100': 'the disk of the database is full',
  '53200': 'the database is out of memory',
  '58030': 'the disk of the database fails',
  '25006': 'the database is read-only',
};

/** Remembers writes that failed. */
export function watchWrites(clock: Clock) {
  let last: { readonly reason: string; readonly at: number } | null = null;
  return {
    /** Looks at an error of the database. */
    failed: (error: unknown): void => {
      const reason = error instanceof Error ? REASONS[codeOf(error)] : undefined;
      if (reason !== undefined) last = { reason, at: clock().getTime() };
    },
    /** Why the last write failed; null where that was long ago. */
    problem: (): string | null => {
      const isLately = last !== null && Math.abs(clock().getTime() - last.at) < NOT_WRITABLE_MS;
      return isLately ? (last?.reason ?? null) : null;
    },
  };
}

const ASKED = `select pg_is_in_recovery() as "isStandby",
  current_setting('transaction_read_only') = 'on' as "isReadOnly"`;

/** Why the database can't be written, by its own word; null: it can. */
export async function readOnlyReason(pool: pg.Pool): Promise<string | null> {
  const { rows } = await pool.query<{ isStandby: boolean; isReadOnly: boolean }>(ASKED);
  const { isStandby = false, isReadOnly = false } = rows[0] ?? {};
  if (isStandby) return 'the database is a standby and can only be read';
  return isReadOnly ? 'the database is read-only' : null;
}
