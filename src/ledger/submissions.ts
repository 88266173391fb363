/** The sends of a refund: one row each, written before the provider hears of it. */
import { sql, type RawBuilder } from 'kysely';
import type { RefundFailure } from '../refunds/refund.ts';
import type { Db, Tx } from './database/database.ts';
import type { SubmissionKind, SubmissionOutcome } from './tables.ts';

export interface Submission {
  /** 1 for the first. */
  readonly attempt: number;
  readonly kind: SubmissionKind;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** `null`: under way, or the process ended meanwhile. */
  readonly outcome: SubmissionOutcome | null;
  /** Of `refused` and `busy`, else `null`. */
  readonly refusal: RefundFailure | null;
}

/** Writes that a send is about to begin. */
export async function startSubmission(tx: Tx, refundId: string, begun: Begun): Promise<void> {
  await beginningOf(refundId, begun).execute(tx);
}

/** The statement of `startSubmission`. */
export const beginningOf = (refundId: string, { attempt, kind, startedAt }: Begun): RawBuilder<unknown> => sql`
  insert into refund_submissions (refund_id, attempt, kind, started_at)
  values (${refundId}::uuid, ${attempt}, ${kind}, ${startedAt}::timestamptz(3))`;

type Begun = Pick<Submission, 'attempt' | 'kind' | 'startedAt'>;

type Ended = Pick<Submission, 'attempt' | 'refusal'> & {
  readonly endedAt: Date;
  readonly outcome: SubmissionOutcome;
};

/** Writes what came of a send. */
export async function endSubmission(tx: Tx, refundId: string, ended: Ended): Promise<void> {
  await endOf(refundId, ended).execute(tx);
}

/** The statement of `endSubmission`. */
export function endOf(refundId: string, { attempt, endedAt, outcome, refusal }: Ended): RawBuilder<unknown> {
  return sql`
    update refund_submissions set ended_at = ${endedAt}::timestamptz(3), outcome = ${outcome},
      code = ${refusal?.code ?? null}, message = ${refusal?.message ?? null},
      retryable = ${refusal?.retryable ?? null}::boolean
    where refund_id = ${refundId}::uuid and attempt = ${attempt}`;
}

/** Says from when on the provider's answers speak of a send, unless there was another since. */
export async function letAnswersCount(
  tx: Tx,
  refundId: string,
  { attempt, from }: { readonly attempt: number; readonly from: Date },
): Promise<void> {
  await tx
    .updateTable('refunds')
    .set({ answers_count_from: from })
    .where('id', '=', refundId)
    .where('attempts', '=', attempt)
    .execute();
}

/** All sends of a refund, the first one first. */
export async function findSubmissions(db: Db, refundId: string): Promise<readonly Submission[]> {
  const rows = await db
    .selectFrom('refund_submissions')
    .selectAll()
    .where('refund_id', '=', refundId)
    .orderBy('attempt')
    .execute();
  return rows.map((row) => ({
    attempt: row.attempt,
    kind: row.kind,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    refusal: row.message === null ? null : { code: row.code, message: row.message, retryable: row.retryable ?? false },
  }));
}
