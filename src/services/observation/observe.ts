/**
 * The one door into the ledger: whatever is observed about refunds goes through here, and nothing else
 * changes one by hearsay. Row, event and the provider's record are written in one transaction; the same
 * update again writes nothing.
 */
import type { RawBuilder } from 'kysely';
import { inTransaction, type Ledger, type Tx } from '../../ledger/database/database.ts';
import { CollisionError } from '../../ledger/database/errors.ts';
import { writeTogether } from '../../ledger/database/statements/together.ts';
import { addEvents, findContradictions, type NewEvent } from '../../ledger/events.ts';
import { keepRecords, type NewRecord } from '../../ledger/refund/records.ts';
import {
  changeRefunds,
  insertRefunds,
  lockStored,
  moveObserved,
  readStored,
  type StoredWithRecord,
} from '../../ledger/refund/refund-writes.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import { paymentFactsOf, tellsMore } from '../../refunds/payment.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { RefundUpdate } from '../../refunds/update.ts';
import { idsFor, isOfAnother, withOwnIds } from './assign.ts';
import { judgeGroup, lastOf, type Group, type JudgedGroup } from './group.ts';
import type { Judged, JudgeContext, ObservationContext, ObservedAccount, ObservedChange } from './judged.ts';
import { keepableUpdate } from './keepable.ts';
import { withPayments } from './payments.ts';

export interface Observed {
  /** As it is after the update. */
  readonly refund: Refund;
  readonly change: ObservedChange;
  /** The provider should be queried about this refund, because the update alone does not decide. */
  readonly queryAgain: boolean;
  /** It agrees with what is stored, or became it. Else it was an older update, or contradicts. */
  readonly believed: boolean;
  /** The same update from a later query changes nothing, as long as the ledger's rows stay. */
  readonly repeats: boolean;
  /** The members in which it contradicts what is stored, said for the first time or again. */
  readonly contradicts: readonly string[];
}

/** Takes updates in, in a transaction of its own. Positions of the answer are those of the updates. */
export async function observe(
  ledger: Ledger,
  account: ObservedAccount,
  updates: readonly RefundUpdate[],
  context: ObservationContext,
): Promise<readonly Observed[]> {
  if (updates.length === 0) return [];
  return inTransaction(ledger, (tx) => observeIn(ledger, tx, account, updates, context));
}

/**
 * Takes updates in as a part of the caller's transaction, in three passes. First it judges without locks
 * what is stored, which the caller may have read. What would change is locked (`lock`), always in the same
 * order (payments, then refunds by id), and judged again (`decide`).
 */
export async function observeIn(
  { newId, seen }: Pick<Ledger, 'newId'> & Seen,
  tx: Tx,
  account: ObservedAccount,
  updates: readonly RefundUpdate[],
  context: ObservationContext,
): Promise<readonly Observed[]> {
  const judgeContext: JudgeContext = { account, context, newId };
  const rows = seen ?? (await readStored(tx, account.key, idsOf(updates)));
  const groups = judgeAll(judgeContext, updates, rows);
  const confirmed = groups.filter((one) => !writes(one));
  const written = await lockAndDecide(tx, judgeContext, groups.filter(writes));
  await writeTogether(tx, [
    ...written.writes,
    ...moveObserved(confirmed.flatMap(observedAnew), context.at),
    ...keepRecords([...confirmed, ...written.groups].flatMap((one) => recordOf(one, context))),
  ]);
  return answersOf(updates, [...confirmed, ...written.groups]);
}

/** What updates say of refunds whose rows the caller has locked, and what is left to write of it. */
export interface ObservedLocked {
  readonly observed: readonly Observed[];
  /** The refunds that change, as they will be: to be given to `changeRefunds`, once. */
  readonly changed: readonly StoredWithRecord[];
  /** Everything else: events and records. */
  readonly writes: readonly RawBuilder<unknown>[];
}

/**
 * The short way for updates of known refunds: `rows` are locked, and were read since. The caller writes what
 * comes out of it. Null where it takes the long way of `observeIn`: a refund that is not known, or a payment
 * of which more is told, and payments are locked before refunds.
 */
export async function observeLocked(
  tx: Tx,
  judgeContext: JudgeContext,
  updates: readonly RefundUpdate[],
  rows: readonly StoredWithRecord[],
): Promise<ObservedLocked | null> {
  const { context } = judgeContext;
  const judged = judgeAll(judgeContext, updates, rows);
  if (!judged.every(isShort)) return null;
  const groups = await decide(tx, judgeContext, judged);
  const [changing, confirmed] = [groups.filter(writes), groups.filter((one) => !writes(one))];
  return {
    observed: answersOf(updates, groups),
    changed: changing.flatMap(changedOf),
    writes: [
      ...addEvents(changing.flatMap((one) => one.judged.flatMap((result) => eventOf(judgeContext, result)))),
      ...moveObserved(confirmed.flatMap(observedAnew), context.at),
      ...keepRecords(groups.flatMap((one) => recordOf(one, context))),
    ],
  };
}

/** Whether updates can take the short way, as far as a look without locks tells. */
export const mayBeShort = (...looked: Parameters<typeof judgeAll>): boolean => judgeAll(...looked).every(isShort);

const isShort = (group: JudgedGroup): boolean => group.stored !== null && !needsPayments(group);

/** Whether something that is believed tells more of the payment than is stored. */
const needsPayments = ({ stored, judged }: JudgedGroup): boolean =>
  judged.some(({ incoming, before, believed }) => {
    const known = (before ?? stored)?.refund.payment;
    return believed && (known === undefined || tellsMore(known, paymentFactsOf(incoming)));
  });

function answersOf(updates: readonly RefundUpdate[], all: readonly JudgedGroup[]): readonly Observed[] {
  const answers = new Map(all.flatMap(({ judged }) => judged.map((one) => [one.nth, observedOf(one)] as const)));
  return updates.map(({ merchantRefundId }, nth) => {
    const answer = answers.get(nth);
    if (answer === undefined) throw new Error(`the update of ${merchantRefundId} was not judged`);
    return answer;
  });
}

const observedOf = ({ after, change, queryAgain, believed, repeats, contradiction }: Judged): Observed => ({
  refund: after.refund,
  change,
  queryAgain,
  believed,
  repeats,
  contradicts: contradiction?.members ?? [],
});

const writes = ({ judged }: JudgedGroup): boolean =>
  judged.some(({ before, after }) => before === null || after.revision !== before.revision);

const byId = (rows: readonly StoredWithRecord[]): ReadonlyMap<MerchantRefundId, StoredWithRecord> =>
  new Map(rows.map((one) => [one.refund.merchantRefundId, one]));

/** What is stored under `idsOf` the updates, where the caller has read it a moment ago. */
interface Seen {
  readonly seen?: readonly StoredWithRecord[] | undefined;
}

/** Every id that the refunds of updates may have. */
export const idsOf = (updates: readonly RefundUpdate[]): readonly MerchantRefundId[] => [
  ...new Set(updates.flatMap(idsFor)),
];

function judgeAll(
  judgeContext: JudgeContext,
  updates: readonly RefundUpdate[],
  rows: readonly StoredWithRecord[],
): readonly JudgedGroup[] {
  const { account, context } = judgeContext;
  const stored = byId(rows);
  const kept = updates.map((one) => keepableUpdate(one, account.key));
  // The answer to a create speaks of the refund that was sent.
  const own = context.via === 'MUTATION' ? kept : withOwnIds(account, stored, kept);
  const pieces = own.map((incoming, nth) => ({ nth, incoming, payment: null }));
  const byRefund = Map.groupBy(pieces, (piece) => piece.incoming.merchantRefundId);
  return [...byRefund].map(([id, own]) =>
    judgeGroup(judgeContext, { id, pieces: own, stored: stored.get(id) ?? null }),
  );
}

/** The row of a group that is to be written. */
const changedOf = (one: JudgedGroup): readonly StoredWithRecord[] =>
  lastOf(one).filter((last) => last.revision !== one.stored?.revision);

/** What is left to write of a decision, beside its records. */
interface Decided {
  readonly groups: readonly JudgedGroup[];
  readonly writes: readonly RawBuilder<unknown>[];
}

async function lockAndDecide(tx: Tx, judgeContext: JudgeContext, planned: readonly JudgedGroup[]): Promise<Decided> {
  if (planned.length === 0) return { groups: [], writes: [] };
  const { discovered, locked } = await lock(tx, judgeContext, await withPayments(tx, judgeContext, planned));
  const changed = await decide(tx, judgeContext, locked);
  return decided(judgeContext, { discovered, changed });
}

function decided(
  judgeContext: JudgeContext,
  { discovered, changed }: Record<'discovered' | 'changed', readonly JudgedGroup[]>,
): Decided {
  const groups = [...discovered, ...changed];
  const rows = changed.flatMap(changedOf);
  const events = groups.flatMap((one) => one.judged.flatMap((result) => eventOf(judgeContext, result)));
  return { groups, writes: [...changeRefunds(rows), ...addEvents(events)] };
}

/**
 * Adds the refunds that are not known, and locks the others: known before, or discovered by another process
 * meanwhile.
 */
async function lock(tx: Tx, judgeContext: JudgeContext, { planned, before }: Awaited<ReturnType<typeof withPayments>>) {
  const unknown = planned.filter(({ stored }) => stored === null).map((one) => judgeGroup(judgeContext, one));
  const inserted = await insertRefunds(tx, unknown.flatMap(lastOf));
  const discovered = unknown.filter((one) => lastOf(one).some(({ id }) => inserted.has(id)));

  const rest = planned.filter(({ id }) => !discovered.some((one) => one.id === id));
  const ids = rest.map(({ id }) => id);
  const rows = byId(await lockStored(tx, judgeContext.account.key, ids));
  const locked = rest.map((one): Group => {
    const row = rows.get(one.id);
    if (row === undefined) throw new Error(`refund ${one.id} vanished from the ledger`);
    // Somebody else made the number known for another merchant, meanwhile.
    const isMixed =
      judgeContext.context.via !== 'MUTATION' && one.pieces.some((piece) => isOfAnother(row, piece.incoming));
    if (isMixed) throw new CollisionError();
    if (one.pieces.every(({ payment }) => payment === null)) return { ...one, stored: row };
    // The payments were written above. Compare with their earlier facts, or the update would look like no
    // change.
    const payment = before.get(one.stored?.refund.paymentRow?.id ?? '') ?? row.refund.payment;
    return { ...one, stored: { ...row, refund: { ...row.refund, payment } } };
  });
  return { discovered, locked };
}

/**
 * Judges under the locks. Contradictions are recorded once, so those that are recorded already are looked up.
 */
async function decide(tx: Tx, judgeContext: JudgeContext, locked: readonly Group[]): Promise<readonly JudgedGroup[]> {
  const groups = locked.map((one) => judgeGroup(judgeContext, one));
  const contradicted = groups.filter(({ judged }) => judged.some(({ contradiction }) => contradiction !== null));
  if (contradicted.length === 0) return groups;
  const found = await findContradictions(
    tx,
    contradicted.flatMap(({ stored }) => stored?.id ?? []),
  );
  const ofRefund = Map.groupBy(found, ({ refundId }) => refundId);
  return locked.map((one) => {
    const recorded = ofRefund.get(one.stored?.id ?? '') ?? [];
    return judgeGroup(
      judgeContext,
      one,
      recorded.map(({ contradiction }) => contradiction),
    );
  });
}

function eventOf({ account, context }: JudgeContext, result: Judged): readonly NewEvent[] {
  const { before, after, change, incoming, contradiction } = result;
  if (change === 'NONE') return [];
  return [
    {
      refundId: after.id,
      account: account.key,
      type: change,
      via: change === 'DISCOVERED' && context.isFirstCopy === true ? 'COPY' : context.via,
      occurredAt: context.occurredAt ?? (after.refund.completedAt === null ? null : incoming.completedAt),
      recordedAt: context.at,
      before: before?.refund ?? null,
      refund: after.refund,
      contradiction: change === 'CONFLICT_DETECTED' ? contradiction : null,
      actor: context.actor ?? null,
    },
  ];
}

/** The row of a group that was only confirmed, when its `observed_at` should move. */
const observedAnew = (one: JudgedGroup): readonly StoredWithRecord[] =>
  one.stored === null || lastOf(one).every(({ refund }) => refund.observedAt === one.stored?.refund.observedAt)
    ? []
    : [one.stored];

/** The latest record of a refund that is worth keeping. */
function recordOf({ judged }: JudgedGroup, { via, at }: ObservationContext): readonly NewRecord[] {
  const latest = judged.findLast(({ keepsRecord }) => keepsRecord);
  if (latest === undefined) return [];
  const { incoming, after } = latest;
  return incoming.raw === null || after.recordDigest === null
    ? []
    : [{ refundId: after.id, raw: incoming.raw, digest: after.recordDigest, via, receivedAt: at }];
}
