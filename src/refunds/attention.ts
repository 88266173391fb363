/** Why a person must look at a refund, and since when. Pure. */
import { isFinished, ATTENTION_REASONS, type Attention, type AttentionReason, type Refund } from './refund.ts';

/** A reason as it is shown. */
export interface ShownAttention {
  readonly reason: AttentionReason;
  readonly since: Date;
}

/** The first reason of the order; null: nobody need look. */
export function shownAttention(attention: Attention): ShownAttention | null {
  for (const reason of ATTENTION_REASONS) {
    const since = attention[reason];
    if (since !== undefined) return { reason, since };
  }
  return null;
}

/** Whether a reader sees the same: the reasons behind the first one are not shown. */
export function showsSame(one: Attention, other: Attention): boolean {
  const [a, b] = [shownAttention(one), shownAttention(other)];
  return a?.reason === b?.reason && a?.since.getTime() === b?.since.getTime();
}

/** The attention with these reasons: one that holds already keeps its instant. */
export function withReasons(attention: Attention, reasons: readonly AttentionReason[], at: Date): Attention {
  return { ...Object.fromEntries(reasons.map((reason) => [reason, at])), ...attention };
}

/** The attention without these reasons. */
function withoutReasons(attention: Attention, reasons: readonly AttentionReason[]): Attention {
  const left = Object.entries(attention).filter(([name]) => !reasons.some((reason) => reason === name));
  return Object.fromEntries(left);
}

/** The reasons that hold after an update that was believed. */
export function attentionAfter(update: {
  /** The refund after the update; its attention is still the one before. */
  readonly refund: Refund;
  /**
   * The provider closed the refund and did not say whether money moved. Null: it did not say whether it did.
   */
  readonly isUndecided: boolean | null;
  /** The provider itself answered with a record of the refund. */
  readonly isAnswer: boolean;
  /** Of an answer to a query: when the query was sent. */
  readonly queriedAt: Date | null;
  readonly at: Date;
}): Attention {
  const { refund, isUndecided, isAnswer, queriedAt, at } = update;
  const { attention, status } = refund;
  const conflictSince = attention.CONFLICT;
  // An answer that left before the contradiction was told does not decide it.
  const decides = conflictSince !== undefined && isAnswer && queriedAt !== null && queriedAt > conflictSince;
  const ends: readonly AttentionReason[] = [
    ...(decides ? (['CONFLICT'] as const) : []),
    ...(isAnswer ? (['DENIED', 'UNREADABLE'] as const) : []),
    ...(isUndecided === false || isFinished(status) ? (['UNDECIDED'] as const) : []),
    ...(isFinished(status) ? (['STUCK'] as const) : []),
    ...(needsAction(refund) ? [] : (['ACTION_NEEDED'] as const)),
  ];
  const begins: readonly AttentionReason[] = [
    ...(isUndecided === true && !isFinished(status) ? (['UNDECIDED'] as const) : []),
    ...(needsAction(refund) ? (['ACTION_NEEDED'] as const) : []),
  ];
  return withReasons(withoutReasons(attention, ends), begins, at);
}

/** Whether the refund goes on only when somebody acts in the provider's console. */
const needsAction = ({ status, details }: Pick<Refund, 'status' | 'details'>): boolean =>
  !isFinished(status) && details?.provider === 'TIPAY' && details.actionNeeded;

/** What to do, in a sentence for the person who looks. */
export function adviceOn(reason: AttentionReason): string {
  switch (reason) {
    case 'CONFLICT':
      return "Compare the refund's events with the provider's console: what was told contradicts, and its answer has not decided.";
    case 'DENIED':
      return "Look for the refund in the provider's console, then end it with closeRefund: the provider does not show it.";
    case 'UNDECIDED':
      return "See at the payer's account or the provider whether money moved, then end the refund there, or with closeRefund.";
    case 'UNREADABLE':
      return "Look at the refund in the provider's console: its record can not be read here, and the log names the member.";
    case 'ACTION_NEEDED':
      return "Act on the refund in the provider's console: it goes on only then.";
    case 'STUCK':
      return 'Ask the provider what the refund waits for: it is unfinished for longer than usual.';
  }
}

/** Why a refund is not finished. UNCONFIRMED: nobody knows whether the provider has it. */
export type PendingReason = 'UNCONFIRMED' | 'AT_PROVIDER' | 'ACTION_NEEDED';

/** Why a refund is not finished; null when it is. */
export function pendingReason(refund: Refund): PendingReason | null {
  if (isFinished(refund.status)) return null;
  if (needsAction(refund)) return 'ACTION_NEEDED';
  // What the provider reported is there, also in its own first state.
  return refund.status === 'PENDING' && refund.observedAt === null ? 'UNCONFIRMED' : 'AT_PROVIDER';
}
