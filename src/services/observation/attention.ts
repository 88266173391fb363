/**
 * Reasons for a person to look at a refund that no update of it brings: a record that can't be read, a
 * denial, a long wait.
 */
import type { Tx } from '../../ledger/database/database.ts';
import { appendEvents, findContradictions, withEvent, type Contradiction } from '../../ledger/events.ts';
import { lockStored, readStored, updateRefunds } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import { showsSame, withReasons } from '../../refunds/attention.ts';
import type { AccountKey, MerchantRefundId } from '../../refunds/ids.ts';
import { mayBeOf, type UnreadableRecord } from '../../refunds/observation.ts';
import { isFinished, type AttentionReason, type ObservedVia } from '../../refunds/refund.ts';

/** When, and on which way, a reason became known. */
interface Noticed {
  readonly via: ObservedVia;
  readonly at: Date;
}

/**
 * Says of refunds of one account, in the caller's transaction, that the provider's record of them can't be
 * read. Ids that the ledger does not know are passed over. An answer that can be read ends it. Lock payments
 * before.
 */
export async function markUnreadable(
  tx: Tx,
  account: AccountKey,
  ids: readonly MerchantRefundId[],
  noticed: Noticed,
): Promise<void> {
  const stored = await lockStored(tx, account, [...new Set(ids)]);
  await raise(tx, stored, { reason: 'UNREADABLE', ...noticed });
}

/**
 * Says so of the refunds that records which can't be read name. One that was read since the query left is
 * passed over.
 */
export async function markUnread(
  tx: Tx,
  account: AccountKey,
  records: readonly UnreadableRecord[],
  { via, at, queriedAt }: Noticed & { readonly queriedAt?: Date },
): Promise<void> {
  const named = records.flatMap(({ merchantRefundId }) => merchantRefundId ?? []);
  if (named.length === 0) return;
  const isUnread = ({ refund }: StoredRefund): boolean =>
    refund.attention.UNREADABLE === undefined &&
    (queriedAt === undefined || refund.observedAt === null || refund.observedAt < queriedAt) &&
    records.some((one) => one.merchantRefundId !== null && mayBeOf(one, { ...refund, ...refund.payment }));
  const unread = (await readStored(tx, account, [...new Set(named)])).filter(isUnread);
  if (unread.length === 0) return;
  const ids = unread.map(({ refund }) => refund.merchantRefundId);
  // Looked at again under the lock: a record that can be read may have come meanwhile.
  const locked = (await lockStored(tx, account, ids)).filter(isUnread);
  await raise(tx, locked, { reason: 'UNREADABLE', via, at });
}

/** Says that these refunds are unfinished for too long; one that has ended meanwhile is passed over. */
export async function markStuck(
  tx: Tx,
  account: AccountKey,
  ids: readonly MerchantRefundId[],
  at: Date,
): Promise<void> {
  const stored = await lockStored(tx, account, ids);
  const unfinished = stored.filter(({ refund }) => !isFinished(refund.status));
  await raise(tx, unfinished, { reason: 'STUCK', via: 'POLL', at });
}

/**
 * Says that the provider denies a refund, whose row is locked. `contradicts`: only callbacks had reported it,
 * so that the denial is recorded as a contradiction, once.
 */
export async function markDenied(
  tx: Tx,
  stored: StoredRefund,
  { contradicts, ...noticed }: Noticed & { readonly contradicts: boolean },
): Promise<StoredRefund> {
  const isRecorded = contradicts && (await findContradictions(tx, [stored.id])).some(isDenial);
  const contradiction = contradicts && !isRecorded ? denialOf(stored) : null;
  const [denied] = await raise(tx, [stored], { reason: 'DENIED', ...noticed, contradiction });
  return denied ?? stored;
}

/** The member that a denial contradicts: the refund as a whole. */
const EXISTENCE = 'existence';

const isDenial = ({ contradiction }: { readonly contradiction: unknown }): boolean =>
  typeof contradiction === 'object' &&
  contradiction !== null &&
  'members' in contradiction &&
  Array.isArray(contradiction.members) &&
  contradiction.members.includes(EXISTENCE);

/** What callbacks told, which the provider denies. */
const denialOf = ({ refund }: StoredRefund): Contradiction => ({
  members: [EXISTENCE],
  knownStatus: refund.status,
  told: {
    status: refund.status,
    amount: refund.amount,
    providerRefundId: refund.providerRefundId,
    payment: refund.payment,
  },
});

/**
 * Adds a reason to refunds whose rows are locked; those that have it already stay as they are. Gives back
 * what was changed.
 */
async function raise(
  tx: Tx,
  stored: readonly StoredRefund[],
  reason: Noticed & {
    readonly reason: AttentionReason;
    /** Recorded with it; none when left out. */
    readonly contradiction?: Contradiction | null;
  },
): Promise<readonly StoredRefund[]> {
  const { via, at, contradiction = null } = reason;
  const changes = stored
    .filter(({ refund }) => refund.attention[reason.reason] === undefined)
    .map((one) => {
      const attention = withReasons(one.refund.attention, [reason.reason], at);
      // A reason behind the one that is shown makes no event.
      const isTold = contradiction !== null || !showsSame(attention, one.refund.attention);
      const refund = { ...one.refund, attention };
      const next = isTold ? withEvent(refund, at) : refund;
      return { ...one, before: one.refund, refund: next, revision: one.revision + 1, isTold };
    });
  await updateRefunds(tx, changes);
  await appendEvents(
    tx,
    changes
      .filter(({ isTold }) => isTold)
      .map(({ id, before, refund }) => ({
        refundId: id,
        account: refund.account,
        type: contradiction === null ? 'ATTENTION_CHANGED' : 'CONFLICT_DETECTED',
        via,
        occurredAt: null,
        recordedAt: at,
        before,
        refund,
        contradiction,
      })),
  );
  return changes;
}
