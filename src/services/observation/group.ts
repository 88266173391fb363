/** All that one call says about one refund, judged piece by piece. */
import type { StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import { jsonOf } from './contradict.ts';
import { judge } from './judge.ts';
import type { Case, Judged, JudgeContext } from './judged.ts';

/** The updates of one refund, in the order of the call; `nth` is the position of each in the call. */
export interface Group {
  readonly id: MerchantRefundId;
  readonly pieces: readonly (Pick<Case, 'incoming' | 'payment'> & { readonly nth: number })[];
  readonly stored: StoredWithRecord | null;
}

/** A group with the result of each piece. */
export interface JudgedGroup extends Group {
  readonly judged: readonly (Judged & { readonly nth: number })[];
}

/**
 * Judges each piece after the one before. `recorded`: contradictions of the refund that are in the ledger.
 */
export function judgeGroup(judgeContext: JudgeContext, group: Group, recorded: readonly unknown[] = []): JudgedGroup {
  const judged: (Judged & { readonly nth: number })[] = [];
  const recordedSoFar = [...recorded];
  let { stored } = group;
  for (const { nth, ...piece } of group.pieces) {
    const result = judge(judgeContext, { ...piece, stored, recorded: recordedSoFar });
    if (result.change === 'CONFLICT_DETECTED') recordedSoFar.push(jsonOf(result.contradiction));
    judged.push({ ...result, nth });
    stored = result.after;
  }
  return { ...group, judged };
}

/** The refund after the last piece. */
export const lastOf = ({ judged }: JudgedGroup): readonly StoredWithRecord[] =>
  judged.slice(-1).map(({ after }) => after);
