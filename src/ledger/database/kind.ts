/**
 * Simulated or real: every ledger is one of the two from its first start on, so that the sandbox never
 * settles real refunds.
 */
import { sql } from 'kysely';
import type { Db, Ledger } from './database.ts';
import { LedgerUnusableError } from './errors.ts';

/**
 * `simulated`: its refunds are those of the built-in sandbox. `real`: those of a configuration's accounts.
 */
export type LedgerKind = 'simulated' | 'real';

/** The mark; null for a ledger that no start has marked yet. */
export async function readKind(db: Db): Promise<LedgerKind | null> {
  const row = await db.selectFrom('ledger_kind').select('kind').executeTakeFirst();
  return row?.kind ?? null;
}

/**
 * Marks a ledger that has no mark, or checks the mark. Any number of processes may do so at once: one row can
 * be inserted, and the others read it. Throws LedgerUnusableError, and changes nothing, when the ledger is of
 * the other kind.
 */
export async function claimLedger(
  { db }: Ledger,
  /** What a start wants of its ledger. */
  claim: {
    readonly kind: LedgerKind;
    /** The variable that says where the ledger is. */
    readonly setting: 'DATA_DIR' | 'DATABASE_URL';
    /**
     * The refunds that the sandbox beside this ledger remembers, as `ACCOUNT MERCHANT_REFUND_ID`; empty when
     * there is none. Asked about a ledger with refunds that has no mark, because a version before the mark
     * made it.
     */
    readonly remembered: () => Promise<readonly string[]>;
  },
): Promise<void> {
  const kind = (await readKind(db)) ?? (await guessKind(db, claim));
  if (kind === claim.kind) {
    await db
      .insertInto('ledger_kind')
      .values({ kind })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  // Another process may have marked it first.
  const refusal = refusalOf(claim, (await readKind(db)) ?? kind);
  if (refusal !== null) throw new LedgerUnusableError(refusal);
}

/** Why a start must not use a ledger of this kind, and what to do, as a sentence; null when it may. */
export function refusalOf(
  { kind: wanted, setting }: Pick<Parameters<typeof claimLedger>[1], 'kind' | 'setting'>,
  kind: LedgerKind,
): string | null {
  if (kind === wanted) return null;
  return wanted === 'simulated'
    ? `The ledger in ${setting} holds real refunds, which the sandbox must not settle: ` +
        `set REFUNDS_CONFIG to run their accounts, or give the sandbox another ${setting}.`
    : `The ledger in ${setting} holds simulated refunds, which must not mix with those of real accounts: ` +
        `give the accounts of REFUNDS_CONFIG another ${setting}, or unset REFUNDS_CONFIG to run the sandbox.`;
}

/**
 * The kind of a ledger without a mark. One without refunds is whatever its first start wants. One with
 * refunds is real, unless the sandbox beside it remembers every refund that a provider has reported; refunds
 * that nobody has told of yet are then of its accounts too.
 */
async function guessKind(db: Db, { kind, remembered }: Parameters<typeof claimLedger>[1]): Promise<LedgerKind> {
  const refund = await db.selectFrom('refunds').select('id').limit(1).executeTakeFirst();
  if (refund === undefined) return kind;
  const names = await remembered();
  const accounts = [...new Set(names.map((name) => name.slice(0, name.indexOf(' '))))];
  const known = sql<boolean>`account_key || ' ' || merchant_refund_id = any(${names}::text[])`;
  const { rows } = await sql<{ some: boolean; every: boolean }>`
    select bool_or(${known}) as some,
      bool_and(${known} or (observed_at is null and account_key = any(${accounts}::text[]))) as every
    from refunds`.execute(db);
  return rows[0]?.some === true && rows[0].every ? 'simulated' : 'real';
}
