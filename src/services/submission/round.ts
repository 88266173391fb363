/** The sends of a refund since it was last submitted on purpose, and what the provider said to them. */
import type { Submission } from '../../ledger/submissions.ts';

/** Outcomes in which the provider said that it has the refund. */
const YES: ReadonlySet<Submission['outcome']> = new Set(['accepted', 'known', 'accepted-unread']);

/**
 * The sends since the refund was last submitted on purpose, the first one first: a create or a retry, and its
 * repeats.
 */
export const roundOf = (submissions: readonly Submission[]): readonly Submission[] =>
  submissions.slice(
    Math.max(
      0,
      submissions.findLastIndex(({ kind }) => kind !== 'REPEAT'),
    ),
  );

/** Whether the provider said yes, in whatever form, to what was last submitted. */
export const wasAccepted = (submissions: readonly Submission[]): boolean =>
  roundOf(submissions).some(({ outcome }) => YES.has(outcome));
