/**
 * What an update of a refund's status means, as a table. Pure: `services/observation/observe.ts`
 * reads it under the row's lock.
 *
 * Forwards only (PENDING → PROCESSING → an end); an end stays unless the provider's own answer to a later
 * query says otherwise. What is pushed to us (a callback, the answer to a submission) comes in any order,
 * so alone it never changes an end.
 */
import { OBSERVED_VIA, REFUND_STATUSES, type ObservedVia, type RefundStatus } from './refund.ts';

/** What must be known to judge an update. */
export interface StatusUpdate {
  /** `null`: the refund was not known. */
  readonly stored: RefundStatus | null;
  readonly incoming: RefundStatus;
  readonly via: ObservedVia;
  /**
   * Of QUERY and POLL: was it sent after the stored state was observed? `null`: not known, or another way.
   */
  readonly queriedAfter: boolean | null;
  /** The provider takes a FAILED refund again under the same id (TiPay, `CreateRules.retryFailed`). */
  readonly retryFailed: boolean;
  /** The refund was FAILED once and left it: that failure may still be told again, late. */
  readonly hasLeftFailed: boolean;
}

export interface StatusVerdict {
  /** same: nothing new. change: taken. stale: older, ignored. conflict: not taken, and recorded. */
  readonly meaning: 'same' | 'change' | 'stale' | 'conflict';
  /** The provider should be queried (again) to be sure. */
  readonly queryAgain: boolean;
  readonly reason: string;
}

/** One line of the table. A condition left out holds always. A test proves: no overlap, no gap. */
export interface StatusRule extends StatusVerdict {
  readonly stored: readonly (RefundStatus | null)[];
  readonly incoming: readonly RefundStatus[];
  readonly via: readonly ObservedVia[];
  readonly queriedAfter?: readonly (boolean | null)[];
  readonly retryFailed?: boolean;
  readonly hasLeftFailed?: boolean;
}

const UNFINISHED = ['PENDING', 'PROCESSING'] as const;
const PUSHED = ['CALLBACK', 'MUTATION'] as const;
const ANSWERED = ['QUERY', 'POLL'] as const;

export const STATUS_RULES: readonly StatusRule[] = [
  // Unknown refunds
  {
    stored: [null],
    incoming: REFUND_STATUSES,
    via: ['CALLBACK'],
    meaning: 'change',
    queryAgain: true,
    reason: 'A callback makes an unknown refund known; what we did not start is confirmed by a query.',
  },
  {
    stored: [null],
    incoming: REFUND_STATUSES,
    via: ['MUTATION', 'QUERY', 'POLL'],
    meaning: 'change',
    queryAgain: false,
    reason: 'The provider answered our own query: the refund is known from now on.',
  },

  // The same word again
  ...REFUND_STATUSES.map((status): StatusRule => ({
    stored: [status],
    incoming: [status],
    via: OBSERVED_VIA,
    meaning: 'same',
    queryAgain: false,
    reason: 'The status is known already.',
  })),

  // Forwards
  {
    stored: ['PENDING'],
    incoming: ['PROCESSING'],
    via: OBSERVED_VIA,
    meaning: 'change',
    queryAgain: false,
    reason: 'The provider confirms that it has the refund.',
  },
  {
    stored: UNFINISHED,
    incoming: ['SUCCEEDED', 'CANCELED'],
    via: OBSERVED_VIA,
    meaning: 'change',
    queryAgain: false,
    reason: 'An end follows from any unfinished state; steps in between may never be reported.',
  },
  {
    stored: UNFINISHED,
    incoming: ['FAILED'],
    via: OBSERVED_VIA,
    hasLeftFailed: false,
    meaning: 'change',
    queryAgain: false,
    reason: 'The provider says no, for the first time.',
  },
  {
    stored: UNFINISHED,
    incoming: ['FAILED'],
    via: ['MUTATION'],
    hasLeftFailed: true,
    meaning: 'change',
    queryAgain: false,
    reason: 'The answer to the new submission itself says no.',
  },
  {
    stored: UNFINISHED,
    incoming: ['FAILED'],
    via: ['CALLBACK'],
    hasLeftFailed: true,
    meaning: 'stale',
    queryAgain: true,
    reason: 'May be the callback of the earlier failure, come late: only the provider can tell which attempt it means.',
  },
  {
    stored: UNFINISHED,
    incoming: ['FAILED'],
    via: ANSWERED,
    queriedAfter: [true, null],
    hasLeftFailed: true,
    meaning: 'change',
    queryAgain: false,
    reason: 'The provider was queried after the new submission and says that it failed too.',
  },
  {
    stored: UNFINISHED,
    incoming: ['FAILED'],
    via: ANSWERED,
    queriedAfter: [false],
    hasLeftFailed: true,
    meaning: 'stale',
    queryAgain: true,
    reason: 'Asked before the new submission, or hardly after it: the answer may speak of the earlier failure.',
  },

  // Backwards
  {
    stored: ['PROCESSING'],
    incoming: ['PENDING'],
    via: OBSERVED_VIA,
    meaning: 'stale',
    queryAgain: false,
    reason: 'What was accepted stays accepted; "created" was said before.',
  },
  {
    stored: ['SUCCEEDED', 'CANCELED'],
    incoming: UNFINISHED,
    via: PUSHED,
    meaning: 'stale',
    queryAgain: false,
    reason: 'Said before the end, delivered after it.',
  },
  {
    stored: ['SUCCEEDED', 'CANCELED'],
    incoming: UNFINISHED,
    via: ANSWERED,
    queriedAfter: [false, null],
    meaning: 'stale',
    queryAgain: false,
    reason: 'The query may have left before the end was observed.',
  },
  {
    stored: ['SUCCEEDED', 'CANCELED'],
    incoming: UNFINISHED,
    via: ['QUERY'],
    queriedAfter: [true],
    meaning: 'conflict',
    queryAgain: false,
    reason:
      '"Not finished yet" after an end is a copy that lags or a mistake; it undoes no end, but an operator should see it.',
  },
  {
    stored: ['SUCCEEDED', 'CANCELED'],
    incoming: UNFINISHED,
    via: ['POLL'],
    queriedAfter: [true],
    meaning: 'conflict',
    queryAgain: true,
    reason: 'As above, and a list may lag further behind than the query for one refund.',
  },

  // One end against another, pushed to us
  {
    stored: ['SUCCEEDED', 'CANCELED'],
    incoming: ['FAILED'],
    via: ['CALLBACK'],
    hasLeftFailed: true,
    meaning: 'stale',
    queryAgain: true,
    reason: 'The refund failed before and went on: most likely that old callback again.',
  },
  {
    stored: ['SUCCEEDED', 'CANCELED'],
    incoming: ['FAILED'],
    via: ['CALLBACK'],
    hasLeftFailed: false,
    meaning: 'conflict',
    queryAgain: true,
    reason: 'Callbacks come in any order: a contradicting one does not undo an end, the query decides.',
  },
  {
    stored: ['SUCCEEDED', 'CANCELED'],
    incoming: ['FAILED'],
    via: ['MUTATION'],
    meaning: 'conflict',
    queryAgain: true,
    reason: 'The answer to a submission was overtaken by another end: the query decides.',
  },
  {
    stored: ['SUCCEEDED'],
    incoming: ['CANCELED'],
    via: PUSHED,
    meaning: 'conflict',
    queryAgain: true,
    reason: 'Two ends contradict each other: the query decides.',
  },
  {
    stored: ['CANCELED'],
    incoming: ['SUCCEEDED'],
    via: PUSHED,
    meaning: 'conflict',
    queryAgain: true,
    reason: 'Two ends contradict each other: the query decides.',
  },

  // One end against another, answered
  {
    stored: ['SUCCEEDED'],
    incoming: ['FAILED', 'CANCELED'],
    via: ANSWERED,
    queriedAfter: [true, null],
    meaning: 'change',
    queryAgain: false,
    reason: 'What the provider answers to a query is final, also about its own earlier answer.',
  },
  {
    stored: ['CANCELED'],
    incoming: ['SUCCEEDED', 'FAILED'],
    via: ANSWERED,
    queriedAfter: [true, null],
    meaning: 'change',
    queryAgain: false,
    reason: 'What the provider answers to a query is final, also about its own earlier answer.',
  },
  {
    stored: ['SUCCEEDED'],
    incoming: ['FAILED', 'CANCELED'],
    via: ANSWERED,
    queriedAfter: [false],
    meaning: 'stale',
    queryAgain: true,
    reason: 'Sent before the known end was observed, so it may speak of the time before.',
  },
  {
    stored: ['CANCELED'],
    incoming: ['SUCCEEDED', 'FAILED'],
    via: ANSWERED,
    queriedAfter: [false],
    meaning: 'stale',
    queryAgain: true,
    reason: 'Sent before the known end was observed, so it may speak of the time before.',
  },

  // FAILED, and not finished after all
  {
    stored: ['FAILED'],
    incoming: UNFINISHED,
    via: ANSWERED,
    queriedAfter: [true],
    meaning: 'change',
    queryAgain: false,
    reason: 'Submitted again elsewhere, or given up here and accepted there after all: money may yet move.',
  },
  {
    stored: ['FAILED'],
    incoming: UNFINISHED,
    via: ANSWERED,
    queriedAfter: [null],
    meaning: 'stale',
    queryAgain: true,
    reason: 'As above, or sent before the failure was observed: one more query decides.',
  },
  {
    stored: ['FAILED'],
    incoming: UNFINISHED,
    via: ANSWERED,
    queriedAfter: [false],
    meaning: 'stale',
    queryAgain: false,
    reason: 'Sent before the failure was observed.',
  },

  // FAILED, where the provider takes the refund again
  {
    stored: ['FAILED'],
    incoming: UNFINISHED,
    via: ['MUTATION'],
    retryFailed: true,
    meaning: 'stale',
    queryAgain: true,
    reason:
      'The answer to the submission that failed, or to one that was given up here and is there after all: the query knows.',
  },
  {
    stored: ['FAILED'],
    incoming: UNFINISHED,
    via: ['CALLBACK'],
    retryFailed: true,
    meaning: 'stale',
    queryAgain: true,
    reason: 'Said before the failure, or submitted again elsewhere: the query knows.',
  },
  {
    stored: ['FAILED'],
    incoming: ['SUCCEEDED', 'CANCELED'],
    via: ANSWERED,
    retryFailed: true,
    meaning: 'change',
    queryAgain: false,
    reason: 'Where FAILED is no end, another end can only have come after it.',
  },
  {
    stored: ['FAILED'],
    incoming: ['SUCCEEDED', 'CANCELED'],
    via: PUSHED,
    retryFailed: true,
    meaning: 'stale',
    queryAgain: true,
    reason:
      'Submitted again elsewhere, or an old end delivered late: what the query said is undone by the query alone.',
  },

  // FAILED, where it is an end
  {
    stored: ['FAILED'],
    incoming: UNFINISHED,
    via: PUSHED,
    retryFailed: false,
    meaning: 'stale',
    queryAgain: true,
    reason: 'Said before the end, delivered after it; or it was given up here and is there after all: the query knows.',
  },
  {
    stored: ['FAILED'],
    incoming: ['SUCCEEDED', 'CANCELED'],
    via: PUSHED,
    retryFailed: false,
    meaning: 'conflict',
    queryAgain: true,
    reason: 'Two ends contradict each other: the query decides.',
  },
  {
    stored: ['FAILED'],
    incoming: ['SUCCEEDED', 'CANCELED'],
    via: ANSWERED,
    queriedAfter: [true, null],
    retryFailed: false,
    meaning: 'change',
    queryAgain: false,
    reason: 'What the provider answers to a query is final, also about its own earlier answer.',
  },
  {
    stored: ['FAILED'],
    incoming: ['SUCCEEDED', 'CANCELED'],
    via: ANSWERED,
    queriedAfter: [false],
    retryFailed: false,
    meaning: 'stale',
    queryAgain: true,
    reason: 'Sent before the known end was observed, so it may speak of the time before.',
  },
];

/** Whether a line of the table speaks of this update. */
export function ruleApplies(rule: StatusRule, update: StatusUpdate): boolean {
  return (
    rule.stored.includes(update.stored) &&
    rule.incoming.includes(update.incoming) &&
    rule.via.includes(update.via) &&
    (rule.queriedAfter === undefined || rule.queriedAfter.includes(update.queriedAfter)) &&
    (rule.retryFailed === undefined || rule.retryFailed === update.retryFailed) &&
    (rule.hasLeftFailed === undefined || rule.hasLeftFailed === update.hasLeftFailed)
  );
}

/** What the update means. */
export function judgeStatus(update: StatusUpdate): StatusVerdict {
  const rule = STATUS_RULES.find((candidate) => ruleApplies(candidate, update));
  if (rule === undefined) throw new Error(`no rule for ${update.incoming} after ${update.stored} via ${update.via}`);
  return rule;
}
