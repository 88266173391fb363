/**
 * What a piece of news about a refund's status means, as a table. Pure: `services/observation/observe.ts`
 * asks it under the row's lock.
 *
 * Forwards only (PENDING → PROCESSING → an end); an end stays unless the provider's own answer to a later
 * question says otherwise. What is pushed to us (a callback, the answer to a submission) comes in any order,
 * so alone it never changes an end.
 */
import { OBSERVED_VIA, REFUND_STATUSES, type ObservedVia, type RefundStatus } from './refund.ts';

/** What must be known to judge news. */
export interface StatusNews {
  /** `null`: the refund was not known. */
  readonly known: RefundStatus | null;
  readonly told: RefundStatus;
  readonly via: ObservedVia;
  /** Of QUERY and POLL: was it asked after the known state was told? `null`: not known, or another way. */
  readonly askedAfter: boolean | null;
  /** The provider takes a FAILED refund again under the same id (TiPay, `CreateRules.retryFailed`). */
  readonly retryFailed: boolean;
  /** The refund was FAILED once and left it: that failure may still be told again, late. */
  readonly hasLeftFailed: boolean;
}

/** same: nothing new. change: it is taken. stale: older news, ignored. conflict: not taken, and recorded. */
export type Meaning = 'same' | 'change' | 'stale' | 'conflict';

export interface Verdict {
  readonly meaning: Meaning;
  /** The provider should be asked (again) to be sure. */
  readonly ask: boolean;
  readonly reason: string;
}

/** One line of the table. A condition left out holds always. A test proves: no overlap, no gap. */
export interface StatusRule extends Verdict {
  readonly known: readonly (RefundStatus | null)[];
  readonly told: readonly RefundStatus[];
  readonly via: readonly ObservedVia[];
  readonly askedAfter?: readonly (boolean | null)[];
  readonly retryFailed?: boolean;
  readonly hasLeftFailed?: boolean;
}

const UNFINISHED = ['PENDING', 'PROCESSING'] as const;
const PUSHED = ['CALLBACK', 'MUTATION'] as const;
const ANSWERED = ['QUERY', 'POLL'] as const;

export const STATUS_RULES: readonly StatusRule[] = [
  // Unknown refunds
  {
    known: [null],
    told: REFUND_STATUSES,
    via: ['CALLBACK'],
    meaning: 'change',
    ask: true,
    reason: 'A callback makes an unknown refund known; what we did not start is confirmed by a query.',
  },
  {
    known: [null],
    told: REFUND_STATUSES,
    via: ['MUTATION', 'QUERY', 'POLL'],
    meaning: 'change',
    ask: false,
    reason: 'The provider answered our own question: the refund is known from now on.',
  },

  // The same word again
  ...REFUND_STATUSES.map((status): StatusRule => ({
    known: [status],
    told: [status],
    via: OBSERVED_VIA,
    meaning: 'same',
    ask: false,
    reason: 'The status is known already.',
  })),

  // Forwards
  {
    known: ['PENDING'],
    told: ['PROCESSING'],
    via: OBSERVED_VIA,
    meaning: 'change',
    ask: false,
    reason: 'The provider confirms that it has the refund.',
  },
  {
    known: UNFINISHED,
    told: ['SUCCEEDED', 'CANCELED'],
    via: OBSERVED_VIA,
    meaning: 'change',
    ask: false,
    reason: 'An end follows from any unfinished state; steps in between may never be told.',
  },
  {
    known: UNFINISHED,
    told: ['FAILED'],
    via: OBSERVED_VIA,
    hasLeftFailed: false,
    meaning: 'change',
    ask: false,
    reason: 'The provider says no, for the first time.',
  },
  {
    known: UNFINISHED,
    told: ['FAILED'],
    via: ['MUTATION'],
    hasLeftFailed: true,
    meaning: 'change',
    ask: false,
    reason: 'The answer to the new submission itself says no.',
  },
  {
    known: UNFINISHED,
    told: ['FAILED'],
    via: ['CALLBACK'],
    hasLeftFailed: true,
    meaning: 'stale',
    ask: true,
    reason: 'May be the callback of the earlier failure, come late: only the provider can tell which attempt it means.',
  },
  {
    known: UNFINISHED,
    told: ['FAILED'],
    via: ANSWERED,
    askedAfter: [true, null],
    hasLeftFailed: true,
    meaning: 'change',
    ask: false,
    reason: 'The provider was asked after the new submission and says that it failed too.',
  },
  {
    known: UNFINISHED,
    told: ['FAILED'],
    via: ANSWERED,
    askedAfter: [false],
    hasLeftFailed: true,
    meaning: 'stale',
    ask: true,
    reason: 'Asked before the new submission, or hardly after it: the answer may speak of the earlier failure.',
  },

  // Backwards
  {
    known: ['PROCESSING'],
    told: ['PENDING'],
    via: OBSERVED_VIA,
    meaning: 'stale',
    ask: false,
    reason: 'What was accepted stays accepted; "created" was said before.',
  },
  {
    known: ['SUCCEEDED', 'CANCELED'],
    told: UNFINISHED,
    via: PUSHED,
    meaning: 'stale',
    ask: false,
    reason: 'Said before the end, delivered after it.',
  },
  {
    known: ['SUCCEEDED', 'CANCELED'],
    told: UNFINISHED,
    via: ANSWERED,
    askedAfter: [false, null],
    meaning: 'stale',
    ask: false,
    reason: 'The question may have left before the end was told.',
  },
  {
    known: ['SUCCEEDED', 'CANCELED'],
    told: UNFINISHED,
    via: ['QUERY'],
    askedAfter: [true],
    meaning: 'conflict',
    ask: false,
    reason:
      '"Not finished yet" after an end is a copy that lags or a mistake; it undoes no end, but an operator should see it.',
  },
  {
    known: ['SUCCEEDED', 'CANCELED'],
    told: UNFINISHED,
    via: ['POLL'],
    askedAfter: [true],
    meaning: 'conflict',
    ask: true,
    reason: 'As above, and a list may lag further behind than the query for one refund.',
  },

  // One end against another, pushed to us
  {
    known: ['SUCCEEDED', 'CANCELED'],
    told: ['FAILED'],
    via: ['CALLBACK'],
    hasLeftFailed: true,
    meaning: 'stale',
    ask: true,
    reason: 'The refund failed before and went on: most likely that old callback again.',
  },
  {
    known: ['SUCCEEDED', 'CANCELED'],
    told: ['FAILED'],
    via: ['CALLBACK'],
    hasLeftFailed: false,
    meaning: 'conflict',
    ask: true,
    reason: 'Callbacks come in any order: a contradicting one does not undo an end, the query decides.',
  },
  {
    known: ['SUCCEEDED', 'CANCELED'],
    told: ['FAILED'],
    via: ['MUTATION'],
    meaning: 'conflict',
    ask: true,
    reason: 'The answer to a submission was overtaken by another end: the query decides.',
  },
  {
    known: ['SUCCEEDED'],
    told: ['CANCELED'],
    via: PUSHED,
    meaning: 'conflict',
    ask: true,
    reason: 'Two ends contradict each other: the query decides.',
  },
  {
    known: ['CANCELED'],
    told: ['SUCCEEDED'],
    via: PUSHED,
    meaning: 'conflict',
    ask: true,
    reason: 'Two ends contradict each other: the query decides.',
  },

  // One end against another, answered
  {
    known: ['SUCCEEDED'],
    told: ['FAILED', 'CANCELED'],
    via: ANSWERED,
    askedAfter: [true, null],
    meaning: 'change',
    ask: false,
    reason: 'The provider, asked, is the final truth, also about its own earlier word.',
  },
  {
    known: ['CANCELED'],
    told: ['SUCCEEDED', 'FAILED'],
    via: ANSWERED,
    askedAfter: [true, null],
    meaning: 'change',
    ask: false,
    reason: 'The provider, asked, is the final truth, also about its own earlier word.',
  },
  {
    known: ['SUCCEEDED'],
    told: ['FAILED', 'CANCELED'],
    via: ANSWERED,
    askedAfter: [false],
    meaning: 'stale',
    ask: true,
    reason: 'Asked before the known end was told, so it may speak of the time before.',
  },
  {
    known: ['CANCELED'],
    told: ['SUCCEEDED', 'FAILED'],
    via: ANSWERED,
    askedAfter: [false],
    meaning: 'stale',
    ask: true,
    reason: 'Asked before the known end was told, so it may speak of the time before.',
  },

  // FAILED, and not finished after all
  {
    known: ['FAILED'],
    told: UNFINISHED,
    via: ANSWERED,
    askedAfter: [true],
    meaning: 'change',
    ask: false,
    reason: 'Submitted again elsewhere, or given up here and accepted there after all: money may yet move.',
  },
  {
    known: ['FAILED'],
    told: UNFINISHED,
    via: ANSWERED,
    askedAfter: [null],
    meaning: 'stale',
    ask: true,
    reason: 'As above, or asked before the failure was told: one more question tells.',
  },
  {
    known: ['FAILED'],
    told: UNFINISHED,
    via: ANSWERED,
    askedAfter: [false],
    meaning: 'stale',
    ask: false,
    reason: 'Asked before the failure was told.',
  },

  // FAILED, where the provider takes the refund again
  {
    known: ['FAILED'],
    told: UNFINISHED,
    via: ['MUTATION'],
    retryFailed: true,
    meaning: 'stale',
    ask: true,
    reason:
      'The answer to the submission that failed, or to one that was given up here and is there after all: the query knows.',
  },
  {
    known: ['FAILED'],
    told: UNFINISHED,
    via: ['CALLBACK'],
    retryFailed: true,
    meaning: 'stale',
    ask: true,
    reason: 'Said before the failure, or submitted again elsewhere: the query knows.',
  },
  {
    known: ['FAILED'],
    told: ['SUCCEEDED', 'CANCELED'],
    via: ANSWERED,
    retryFailed: true,
    meaning: 'change',
    ask: false,
    reason: 'Where FAILED is no end, another end can only have come after it.',
  },
  {
    known: ['FAILED'],
    told: ['SUCCEEDED', 'CANCELED'],
    via: PUSHED,
    retryFailed: true,
    meaning: 'stale',
    ask: true,
    reason:
      'Submitted again elsewhere, or an old end delivered late: what the query said is undone by the query alone.',
  },

  // FAILED, where it is an end
  {
    known: ['FAILED'],
    told: UNFINISHED,
    via: PUSHED,
    retryFailed: false,
    meaning: 'stale',
    ask: true,
    reason: 'Said before the end, delivered after it; or it was given up here and is there after all: the query knows.',
  },
  {
    known: ['FAILED'],
    told: ['SUCCEEDED', 'CANCELED'],
    via: PUSHED,
    retryFailed: false,
    meaning: 'conflict',
    ask: true,
    reason: 'Two ends contradict each other: the query decides.',
  },
  {
    known: ['FAILED'],
    told: ['SUCCEEDED', 'CANCELED'],
    via: ANSWERED,
    askedAfter: [true, null],
    retryFailed: false,
    meaning: 'change',
    ask: false,
    reason: 'The provider, asked, is the final truth, also about its own earlier word.',
  },
  {
    known: ['FAILED'],
    told: ['SUCCEEDED', 'CANCELED'],
    via: ANSWERED,
    askedAfter: [false],
    retryFailed: false,
    meaning: 'stale',
    ask: true,
    reason: 'Asked before the known end was told, so it may speak of the time before.',
  },
];

/** Whether a line of the table speaks of this news. */
export function ruleApplies(rule: StatusRule, news: StatusNews): boolean {
  return (
    rule.known.includes(news.known) &&
    rule.told.includes(news.told) &&
    rule.via.includes(news.via) &&
    (rule.askedAfter === undefined || rule.askedAfter.includes(news.askedAfter)) &&
    (rule.retryFailed === undefined || rule.retryFailed === news.retryFailed) &&
    (rule.hasLeftFailed === undefined || rule.hasLeftFailed === news.hasLeftFailed)
  );
}

/** What the news means. */
export function judgeStatus(news: StatusNews): Verdict {
  const rule = STATUS_RULES.find((candidate) => ruleApplies(candidate, news));
  if (rule === undefined) throw new Error(`no rule for ${news.told} after ${news.known} via ${news.via}`);
  return rule;
}
