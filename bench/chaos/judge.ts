/**
 * What must hold in the end for every key. Each sentence says what a breach would do to someone's money.
 * Pure.
 */
import { SHARED_AMOUNT, SHARED_PAYMENTS, type Plan } from './plan.ts';
import type { Arrival, Call, Execution, LedgerRefund, Notice } from './records.ts';

export interface Evidence {
  readonly plans: readonly Plan[];
  readonly calls: readonly Call[];
  readonly arrivals: readonly Arrival[];
  readonly executions: readonly Execution[];
  readonly notices: readonly Notice[];
  readonly refunds: readonly LedgerRefund[];
  /** When connections to the database were broken. */
  readonly cuts: readonly number[];
}

export interface Violation {
  /** `null`: of no single key. */
  readonly key: string | null;
  readonly sentence: string;
}

/** Everything that is known of one key. */
export interface Story {
  readonly plan: Plan;
  readonly calls: readonly Call[];
  readonly arrivals: readonly Arrival[];
  readonly executions: readonly Execution[];
  readonly notices: readonly Notice[];
  readonly refunds: readonly LedgerRefund[];
  readonly cuts: readonly number[];
}

/** The evidence, sorted by key. */
export function storiesOf(evidence: Evidence): readonly Story[] {
  const byKey = <Row extends { readonly key: string | null }>(rows: readonly Row[]) =>
    Map.groupBy(rows, (row) => row.key);
  const calls = byKey(evidence.calls);
  const arrivals = byKey(evidence.arrivals);
  const executions = byKey(evidence.executions);
  const notices = byKey(evidence.notices);
  const refunds = byKey(evidence.refunds);
  return evidence.plans.map((plan) => ({
    plan,
    calls: calls.get(plan.key) ?? [],
    arrivals: arrivals.get(plan.key) ?? [],
    executions: executions.get(plan.key) ?? [],
    notices: notices.get(plan.key) ?? [],
    refunds: refunds.get(plan.key) ?? [],
    cuts: evidence.cuts,
  }));
}

/** All that does not hold. */
export function judge(evidence: Evidence): readonly Violation[] {
  const ofKeys = storiesOf(evidence).flatMap((story) =>
    RULES.flatMap((rule) => rule(story)).map((sentence) => ({ key: story.plan.key, sentence })),
  );
  return [...ofKeys, ...orphans(evidence), ...overdrawn(evidence)];
}

type Rule = (story: Story) => readonly string[];

const RULES: readonly Rule[] = [
  executedOnce,
  sentOnceAtShoutu,
  executedAsAsked,
  oneRefundForAllAnswers,
  whatWasSeenIsThere,
  toldTheTruth,
  endsAsTheProviderSays,
  answeredAsPromised,
  acknowledgedIsKept,
];

/** Money moved at most once: one id, and no second time where the provider would pay again. */
function executedOnce({ executions }: Story): readonly string[] {
  const ids = new Set(executions.map(({ merchantRefundId }) => merchantRefundId));
  const twice = executions.filter(({ isRepeat }) => isRepeat);
  return [
    ...(ids.size > 1 ? [`${ids.size} refunds were executed for one key: ${[...ids].join(', ')}`] : []),
    ...(twice.length > 0 ? [`the refund was executed ${twice.length + 1} times`] : []),
  ];
}

function sentOnceAtShoutu({ plan, arrivals }: Story): readonly string[] {
  if (plan.account !== 'library' || arrivals.length <= 1) return [];
  return [`sent ${arrivals.length} times to a provider that may pay each time`];
}

function executedAsAsked({ plan, executions }: Story): readonly string[] {
  return executions
    .filter(
      ({ amount, payment, account }) => amount !== plan.amount || payment !== plan.payment || account !== plan.account,
    )
    .map(({ amount }) => `asked for ${plan.amount} of ${plan.payment}, executed ${amount}`);
}

function oneRefundForAllAnswers({ calls }: Story): readonly string[] {
  const ids = new Set(calls.flatMap(({ answer }) => answer?.refund?.id ?? []));
  return ids.size > 1 ? [`the clients of one key were given ${ids.size} refunds`] : [];
}

function whatWasSeenIsThere({ calls, refunds }: Story): readonly string[] {
  const seen = new Set(calls.flatMap(({ answer }) => answer?.refund?.merchantRefundId ?? []));
  return [...seen]
    .filter((id) => !refunds.some(({ merchantRefundId }) => merchantRefundId === id))
    .map((id) => `a client saw the refund ${id}, and the ledger has lost it`);
}

/**
 * SUCCEEDED comes only after the provider succeeded. FAILED and CANCELED never come while the money is on its
 * way.
 */
function toldTheTruth({ plan, calls, executions }: Story): readonly string[] {
  const wrong: string[] = [];
  for (const { at, endedAt, answer } of calls) {
    const status = answer?.refund?.status;
    const ended = (one: Execution): number => one.endedAt ?? Infinity;
    if (status === 'SUCCEEDED' && !executions.some((one) => one.status === 'SUCCEEDED' && ended(one) <= endedAt)) {
      wrong.push('a client was told SUCCEEDED, and the provider had not succeeded');
    }
    if (status !== 'FAILED' && status !== 'CANCELED') continue;
    const moving = executions.some(
      (one) => one.at < at && (ended(one) > endedAt || (one.status === 'SUCCEEDED' && ended(one) < at)),
    );
    if (moving) wrong.push(`a client was told ${status} while the provider had the refund`);
    // Nothing is sent again at Shoutu: what comes after this was given up too early.
    if (plan.account === 'library' && executions.some((one) => one.at > endedAt)) {
      wrong.push(`a client was told ${status}, and the provider executed the refund later`);
    }
  }
  return [...new Set(wrong)];
}

function endsAsTheProviderSays({ executions, refunds }: Story): readonly string[] {
  const last = executions.at(-1);
  const wrong: string[] = [];
  for (const refund of refunds) {
    const { status, merchantRefundId: id, providerRefundId } = refund;
    const isOpen = status === 'PENDING' || status === 'PROCESSING';
    // After a yes silence never makes FAILED, also where the yes was a lie: a person must look.
    const saidYes = refund.sends.some(({ outcome }) => outcome === 'known' || outcome === 'accepted-unread');
    if (isOpen && last === undefined && saidYes) continue;
    if (isOpen) wrong.push(`${id} is still ${status}`);
    else if (last === undefined) {
      if (status !== 'FAILED') wrong.push(`${id} is ${status}, and the provider never executed it`);
    } else if (status !== last.status) wrong.push(`${id} is ${status}, and the provider says ${last.status}`);
    else if (providerRefundId !== null && providerRefundId !== last.providerRefundId) {
      wrong.push(`${id} has another id at the provider: ${last.providerRefundId}`);
    }
  }
  if (refunds.length === 0 && last !== undefined)
    wrong.push('the provider executed it, and the ledger has no such key');
  return wrong;
}

/** An idle connection that is gone is noticed so much later at most. */
const CUT_FELT_MS = 1_000;

/** What each call may be answered. */
const ALLOWED: Readonly<Record<Call['verb'], readonly string[]>> = {
  create: ['CreateRefundSuccess', 'ProviderRejectedError', 'PaymentBusyError', 'AmountExceedsPaymentError'],
  misuse: ['IdempotencyConflictError'],
  retry: ['RetryRefundSuccess', 'InvalidInputError', 'PaymentBusyError', 'ProviderRejectedError'],
  refresh: ['RefreshRefundSuccess', 'error PROVIDER_'],
  // What was refused once is told the same no.
  replay: ['CreateRefundSuccess', 'ProviderRejectedError'],
};

function answeredAsPromised({ calls, refunds, cuts }: Story): readonly string[] {
  // A busy provider took nothing: the same call submits the refund again, and that is no repeat.
  const wasBusy = refunds.some(({ sends }) => sends.some(({ outcome }) => outcome === 'busy'));
  const wrong = calls.flatMap(({ verb, answer, at, endedAt }) => {
    if (answer === null || ALLOWED[verb].some((type) => answer.type.startsWith(type))) return [];
    // Who loses the database in the middle of a call may say so.
    const wasCut = cuts.some((cut) => cut >= at - CUT_FELT_MS && cut <= endedAt);
    if (wasCut && answer.type === 'error UNAVAILABLE') return [];
    // Of two that their busy provider did not take, one is submitted again, and the other waits for it.
    if (verb === 'replay' && wasBusy && answer.type === 'PaymentBusyError') return [];
    return [`${verb} was answered ${answer.type}: ${answer.message ?? ''}`];
  });
  const replays = calls.filter(({ verb, answer }) => verb === 'replay' && answer !== null);
  if (!wasBusy && replays.some(({ answer }) => answer?.type === 'CreateRefundSuccess' && answer.replayed !== true)) {
    wrong.push('the same call again did not bring the same refund');
  }
  const first = calls.filter(({ answer }) => answer?.replayed === false);
  // A provider that was busy took nothing: then the same call submits the refund again.
  const anew = refunds.flatMap(({ sends }) => sends).filter(({ kind }) => kind === 'RETRY');
  if (first.length > 1 + anew.length) wrong.push(`${first.length} calls were told that theirs made the refund`);
  return [...new Set(wrong)];
}

function acknowledgedIsKept({ notices, refunds }: Story): readonly string[] {
  if (notices.some(({ forged, answer }) => forged && answer === 'acknowledged'))
    return ['a forged notice was believed'];
  const acknowledged = notices.filter(({ answer }) => answer === 'acknowledged').length;
  const kept = refunds.reduce((sum, one) => sum + one.notices, 0);
  return kept < acknowledged ? [`${acknowledged} notices were acknowledged, ${kept} are kept`] : [];
}

/** Refunds that belong to no key of ours. */
function orphans({ plans, refunds, executions }: Evidence): readonly Violation[] {
  const keys = new Set(plans.map(({ key }) => key));
  return [
    ...refunds
      .filter(({ key }) => key === null || !keys.has(key))
      .map(({ merchantRefundId }) => ({
        key: null,
        sentence: `${merchantRefundId} is in the ledger, and nobody asked for it`,
      })),
    ...executions
      .filter(({ key }) => !keys.has(key))
      .map(({ merchantRefundId }) => ({
        key: null,
        sentence: `${merchantRefundId} was executed, and nobody asked for it`,
      })),
  ];
}

/** Of a payment whose amount is known never more is given back. */
function overdrawn({ executions }: Evidence): readonly Violation[] {
  return SHARED_PAYMENTS.flatMap((payment) => {
    const whole = executions
      .filter((one) => one.account === 'library' && one.payment === payment)
      .filter(({ status }) => status !== 'FAILED' && status !== 'CANCELED')
      .reduce((sum, { amount }) => sum + amount, 0n);
    if (whole <= SHARED_AMOUNT) return [];
    return [{ key: null, sentence: `of the payment ${payment} ${whole} of ${SHARED_AMOUNT} was given back` }];
  });
}
