/** How long until a refund is queried again: soon first, then with growing pauses. Pure. */

/** When unfinished refunds are queried, and when a missing one is given up. */
export interface Reconciliation {
  /** Seconds between queries, counted from the submission; the last one repeats for ever. */
  readonly pausesSeconds: readonly number[];
  /** A refund that the provider has not got so long after its last send is given up as FAILED. */
  readonly giveUpAfterSeconds: number;
  /** A request may still arrive so long after the account's timeout: until then "not there" says nothing. */
  readonly lateArrivalSeconds: number;
  /** How often unfinished refunds without a job are looked for. */
  readonly sweepSeconds: number;
}

/**
 * A query that was not answered is sent again after this many seconds at most, however old the refund.
 */
const LONGEST_UNANSWERED = 60;

/**
 * Seconds until the next query about a refund that is so many seconds old. The pauses are laid end to end;
 * the next query is at their next mark. A query that took long passes over the marks in between.
 */
export function nextQuery(
  ageSeconds: number,
  { pausesSeconds, unanswered = false }: { readonly pausesSeconds: readonly number[]; readonly unanswered?: boolean },
): number {
  const pause = untilMark(ageSeconds, pausesSeconds);
  return unanswered ? Math.min(pause, LONGEST_UNANSWERED) : pause;
}

function untilMark(ageSeconds: number, pauses: readonly number[]): number {
  let mark = 0;
  for (const pause of pauses) {
    mark += pause;
    // A query right before a mark is not repeated right after it.
    if (mark - ageSeconds >= pause / 2) return mark - ageSeconds;
  }
  return pauses.at(-1) ?? LONGEST_UNANSWERED;
}

/**
 * Whether a refund that is not finished is so for longer than the give-up time, since it was last submitted,
 * or made.
 */
export const isStuck = (
  { createdAt, submittedAt }: { readonly createdAt: Date; readonly submittedAt: Date | null },
  { giveUpAfterSeconds }: Reconciliation,
  now: Date,
): boolean => now.getTime() - (submittedAt ?? createdAt).getTime() > giveUpAfterSeconds * 1000;
