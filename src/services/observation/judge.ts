/**
 * What one update makes of one refund: a new refund (`discover`), a change (`accept`), a contradiction
 * (`contradict`), or nothing. Pure: `observe.ts` reads and writes.
 */
import type { StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import { isFinished } from '../../refunds/refund.ts';
import { judgeStatus } from '../../refunds/status.ts';
import { contradictions, type RefundUpdate } from '../../refunds/update.ts';
import { accept } from './accept.ts';
import { contradict } from './contradict.ts';
import { discover } from './discover.ts';
import { ignored, type Case, type Judged, type JudgeContext, type ObservationContext } from './judged.ts';

/** Judges an update. */
export function judge(judgeContext: JudgeContext, { stored, ...rest }: Case): Judged {
  const { account, context } = judgeContext;
  const { incoming, payment } = rest;
  if (incoming.provider !== account.provider) {
    throw new Error(`${account.key} is not an account of ${incoming.provider}`);
  }
  const verdict = judgeStatus({
    stored: stored?.refund.status ?? null,
    incoming: incoming.status,
    via: context.via,
    queriedAfter: stored === null ? null : isQueriedAfter(stored, context, marginMs(stored, incoming)),
    retryFailed: account.retryFailed,
    hasLeftFailed: stored?.hasLeftFailed ?? false,
  });
  if (stored === null) return discover(judgeContext, rest, verdict);

  const one = { ...rest, stored };
  const members = [
    ...contradictions(stored.refund, incoming, account),
    ...(payment?.contradicted === true ? ['payment'] : []),
  ];
  // The provider's query has the last word: querying it again would bring the same.
  if (members.length > 0) return contradict(context, one, { members, queryAgain: context.via !== 'QUERY' });
  switch (verdict.meaning) {
    case 'same':
    case 'change':
      return accept(context, one, { ...verdict, isLater: isQueriedAfter(stored, context) !== false });
    case 'conflict':
      return contradict(context, one, { members: ['status'], queryAgain: verdict.queryAgain });
    case 'stale':
      return { ...ignored(one), queryAgain: verdict.queryAgain };
  }
}

/** Milliseconds by which the clocks of two servers over one ledger may differ. */
const CLOCKS_DIFFER_MS = 5_000;

/**
 * The query and the new submission may be of two servers with clocks of their own. If the clocks differ by
 * less than this, an old failure could be mistaken for the new submission's. It is queried once more instead.
 */
const marginMs = ({ hasLeftFailed, refund }: StoredWithRecord, incoming: RefundUpdate): number =>
  hasLeftFailed && incoming.status === 'FAILED' && !isFinished(refund.status) ? CLOCKS_DIFFER_MS : 0;

/**
 * Whether the query was sent after the stored state was observed. `null`: there was no query, or it is not
 * known when it was sent.
 */
function isQueriedAfter(
  { refund, submittedAt, answersCountFrom }: StoredWithRecord,
  { via, queriedAt }: ObservationContext,
  clocksDifferMs = 0,
): boolean | null {
  if (queriedAt === undefined || via === 'CALLBACK' || via === 'MUTATION') return null;
  // As long as a send may still arrive, an answer may speak of the time before it.
  const sent = isFinished(refund.status) ? submittedAt : answersCountFrom;
  const since = Math.max(refund.observedAt?.getTime() ?? -Infinity, sent?.getTime() ?? -Infinity);
  return queriedAt.getTime() > since + clocksDifferMs;
}
