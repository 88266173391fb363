/** The sends of a refund: one row each, written before the provider hears of it. */
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
export async function startSubmission(
  tx: Tx,
  refundId: string,
  { attempt, kind, startedAt }: Pick<Submission, 'attempt' | 'kind' | 'startedAt'>,
): Promise<void> {
  await tx
    .insertInto('refund_submissions')
    .values({ refund_id: refundId, attempt, kind, started_at: startedAt })
    .execute();
}

/** Writes what came of a send. */
export async function endSubmission(
  tx: Tx,
  refundId: string,
  {
    attempt,
    endedAt,
    outcome,
    refusal,
  }: Pick<Submission, 'attempt' | 'refusal'> & { readonly endedAt: Date; readonly outcome: SubmissionOutcome },
): Promise<void> {
  await tx
    .updateTable('refund_submissions')
    .set({
      ended_at: endedAt,
      outcome,
      code: refusal?.code ?? null,
      message: refusal?.message ?? null,
      retryable: refusal?.retryable ?? null,
    })
    .where('refund_id', '=', refundId)
    .where('attempt', '=', attempt)
    .execute();
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
