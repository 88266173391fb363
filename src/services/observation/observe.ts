/**
 * The one door into the ledger: whatever is told about refunds goes through here, and nothing else changes
 * one by hearsay. Row, event and the provider's record are written in one transaction; the same update again
 * writes nothing.
 */
import { inTransaction, type Ledger, type Tx } from '../../ledger/database/database.ts';
import { appendEvents, findContradictions, type NewEvent } from '../../ledger/events.ts';
import { resolvePayments, type ResolvedPayment } from '../../ledger/payment/payment-identity.ts';
import { storeRecords, type NewRecord } from '../../ledger/refund/records.ts';
import {
  insertRefunds,
  lockStored,
  readStored,
  touchRefunds,
  updateRefunds,
  type StoredWithRecord,
} from '../../ledger/refund/refund-writes.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import type { RefundUpdate } from '../../refunds/update.ts';
import type { PaymentFacts, Refund } from '../../refunds/refund.ts';
import {
  jsonOf,
  tellsMoreOfPayment,
  paymentFactsOf,
  judge,
  type ObservationContext,
  type ObservedAccount,
  type ObservedChange,
  type Judged,
  type JudgeContext,
} from './judge.ts';

export interface Observed {
  /** As it is after the update. */
  readonly refund: Refund;
  readonly change: ObservedChange;
  /** The provider should be queried about this refund, because the update alone does not decide. */
  readonly queryAgain: boolean;
  /** It agrees with what is known, or became it. Else it was an older update, or contradicts. */
  readonly believed: boolean;
  /** The members in which it contradicts what is known, told for the first time or again. */
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

/** One update, numbered by its position in the call. */
interface Piece {
  readonly nth: number;
  readonly incoming: RefundUpdate;
}

/** All that one call tells of one refund, with what came of each piece, in the order of the call. */
interface Group {
  readonly id: MerchantRefundId;
  readonly pieces: readonly Piece[];
  readonly stored: StoredWithRecord | null;
  readonly judged: readonly (Judged & Piece)[];
}

/** The payments that updates name, by their numbers. */
type Payments = ReadonlyMap<number, ResolvedPayment>;
const NOT_LOOKED_UP: Payments = new Map();

/**
 * Takes updates in as a part of the caller's transaction, in three passes. `plan` judges without locks. What
 * would change is locked (`lock`), always in the same order (payments, then refunds by id), and judged again
 * (`decide`).
 */
export async function observeIn(
  { newId }: Pick<Ledger, 'newId'>,
  tx: Tx,
  account: ObservedAccount,
  updates: readonly RefundUpdate[],
  context: ObservationContext,
): Promise<readonly Observed[]> {
  const judgeContext: JudgeContext = { account, context, newId };
  const groups = await plan(tx, judgeContext, updates);
  const confirmed = groups.filter((one) => !writes(one));
  const written = await write(tx, judgeContext, groups.filter(writes));
  await touchRefunds(tx, confirmed.flatMap(observedAnew), context.at);
  await storeRecords(
    tx,
    [...confirmed, ...written].flatMap((one) => recordOf(one, context)),
  );

  const answers = new Map(
    [...confirmed, ...written].flatMap(({ judged }) => judged.map((one) => [one.nth, observedOf(one)] as const)),
  );
  return updates.map(({ merchantRefundId }, nth) => {
    const answer = answers.get(nth);
    if (answer === undefined) throw new Error(`the news of ${merchantRefundId} was not judged`);
    return answer;
  });
}

const observedOf = ({ after, change, queryAgain, believed, contradiction }: Judged): Observed => ({
  refund: after.refund,
  change,
  queryAgain,
  believed,
  contradicts: contradiction?.members ?? [],
});

const writes = ({ judged }: Group): boolean =>
  judged.some(({ before, after }) => before === null || after.revision !== before.revision);

const byId = (stored: readonly StoredWithRecord[]): ReadonlyMap<MerchantRefundId, StoredWithRecord> =>
  new Map(stored.map((one) => [one.refund.merchantRefundId, one]));

/** Reads everything at once, without locks, and judges it. */
async function plan(tx: Tx, judgeContext: JudgeContext, updates: readonly RefundUpdate[]): Promise<readonly Group[]> {
  const pieces = updates.map((one, nth): Piece => ({ nth, incoming: one }));
  const byRefund = Map.groupBy(pieces, (piece) => piece.incoming.merchantRefundId);
  const storedById = byId(await readStored(tx, judgeContext.account.key, [...byRefund.keys()]));
  return [...byRefund].map(([id, own]) => {
    const stored = storedById.get(id) ?? null;
    return {
      id,
      pieces: own,
      stored: stored,
      judged: judgeInTurn(judgeContext, { pieces: own, stored }, NOT_LOOKED_UP),
    };
  });
}

/**
 * Judges all that is told of one refund, each piece after the one before. `recorded`: its contradictions in
 * the ledger.
 */
function judgeInTurn(
  judgeContext: JudgeContext,
  { pieces, stored, recorded = [] }: Pick<Group, 'pieces' | 'stored'> & { readonly recorded?: readonly unknown[] },
  payments: Payments,
): readonly (Judged & Piece)[] {
  const judged: (Judged & Piece)[] = [];
  const recordedSoFar = [...recorded];
  let current = stored;
  for (const { nth, incoming: updates } of pieces) {
    const result = judge({ ...judgeContext, recorded: recordedSoFar }, current, updates, payments.get(nth) ?? null);
    if (result.change === 'CONFLICT_DETECTED') recordedSoFar.push(jsonOf(result.contradiction));
    judged.push({ ...result, nth });
    current = result.after;
  }
  return judged;
}

async function write(tx: Tx, judgeContext: JudgeContext, planned: readonly Group[]): Promise<readonly Group[]> {
  if (planned.length === 0) return [];
  const { payments, before } = await lookUpPayments(tx, judgeContext, planned);
  const { discovered, locked } = await lock(tx, judgeContext, { planned, payments });
  // The payments were written above. Compare with their earlier facts, or the update would look like no
  // change.
  const rows = locked.map((one) => {
    if (!one.pieces.some(({ nth }) => payments.has(nth))) return one;
    const { stored, paymentId } = one;
    const payment = before.get(paymentId ?? '') ?? stored.refund.payment;
    return { ...one, stored: { ...stored, refund: { ...stored.refund, payment } } };
  });
  const changed = await decide(tx, judgeContext, { rows, payments });
  await updateRefunds(
    tx,
    changed.flatMap((one) => lastOf(one).filter((last) => last.revision !== one.stored?.revision)),
  );
  const all = [...discovered, ...changed];
  await appendEvents(
    tx,
    all.flatMap((one) => one.judged.flatMap((result) => eventOf(judgeContext, result))),
  );
  return all;
}

/** A refund that was known before: its row is locked. */
type Locked = Pick<Group, 'id' | 'pieces'> & { readonly stored: StoredWithRecord; readonly paymentId: string | null };

/**
 * Adds the refunds that nobody knows, and locks the others: known before, or discovered by somebody else
 * meanwhile.
 */
async function lock(
  tx: Tx,
  judgeContext: JudgeContext,
  { planned, payments }: { readonly planned: readonly Group[]; readonly payments: Payments },
): Promise<{ readonly discovered: readonly Group[]; readonly locked: readonly Locked[] }> {
  const unknown = planned
    .filter(({ stored }) => stored === null)
    .map((one) => ({ ...one, judged: judgeInTurn(judgeContext, one, payments) }));
  const inserted = await insertRefunds(tx, unknown.flatMap(lastOf));
  const discovered = unknown.filter((one) => lastOf(one).some(({ id }) => inserted.has(id)));

  const rest = planned.filter(({ id }) => !discovered.some((one) => one.id === id));
  const ids = rest.map(({ id }) => id);
  const storedById = byId(await lockStored(tx, judgeContext.account.key, ids));
  const locked = rest.map(({ id, pieces, stored: seen }): Locked => {
    const stored = storedById.get(id);
    if (stored === undefined) throw new Error(`refund ${id} vanished from the ledger`);
    return { id, pieces, stored, paymentId: seen?.paymentId ?? null };
  });
  return { discovered, locked };
}

/**
 * Judges under the locks. Contradictions are recorded once, so those that are recorded already are looked up.
 */
async function decide(
  tx: Tx,
  judgeContext: JudgeContext,
  { rows, payments }: { readonly rows: readonly Locked[]; readonly payments: Payments },
): Promise<readonly Group[]> {
  const judged = rows.map((one): Group => ({ ...one, judged: judgeInTurn(judgeContext, one, payments) }));
  const contradicted = judged.filter(({ judged }) => judged.some(({ contradiction }) => contradiction !== null));
  if (contradicted.length === 0) return judged;
  const found = await findContradictions(
    tx,
    contradicted.flatMap(({ stored }) => stored?.id ?? []),
  );
  const ofRefund = Map.groupBy(found, ({ refundId }) => refundId);
  return rows.map((one): Group => {
    const recorded = (ofRefund.get(one.stored.id) ?? []).map(({ contradiction }) => contradiction);
    return { ...one, judged: judgeInTurn(judgeContext, { ...one, recorded }, payments) };
  });
}

const lastOf = ({ judged }: Group): readonly StoredWithRecord[] => judged.slice(-1).map(({ after }) => after);

/** Finds, makes or completes the payments of which the update tells more than is known. */
async function lookUpPayments(
  tx: Tx,
  { account, newId }: JudgeContext,
  planned: readonly Group[],
): Promise<{ readonly payments: Payments; readonly before: ReadonlyMap<string, PaymentFacts> }> {
  const named = planned
    .flatMap(({ judged }) => judged)
    .flatMap(
      ({ nth, incoming: updates, before, believed }): { readonly nth: number; readonly facts: PaymentFacts }[] => {
        const stored = before?.refund.payment;
        const facts = paymentFactsOf(updates);
        if (!believed || (stored !== undefined && !tellsMoreOfPayment(stored, facts))) return [];
        return [{ nth, facts: stored === undefined ? facts : { ...facts, ...withoutNulls(stored) } }];
      },
    );
  const wanted = named.map(({ facts }) => facts);
  const { resolved, before } = await resolvePayments(tx, newId, account.key, wanted);
  const payments = new Map<number, ResolvedPayment>();
  for (const [index, found] of resolved.entries()) {
    const nth = named[index]?.nth;
    if (nth !== undefined && found !== null) payments.set(nth, found);
  }
  return { payments, before };
}

const withoutNulls = (facts: PaymentFacts): Partial<PaymentFacts> => ({
  ...(facts.merchantPaymentId === null ? {} : { merchantPaymentId: facts.merchantPaymentId }),
  ...(facts.providerPaymentId === null ? {} : { providerPaymentId: facts.providerPaymentId }),
  ...(facts.amount === null ? {} : { amount: facts.amount }),
});

function eventOf({ account, context }: JudgeContext, result: Judged): readonly NewEvent[] {
  const { before, after, change, incoming: updates, contradiction } = result;
  if (change === 'NONE') return [];
  return [
    {
      refundId: after.id,
      account: account.key,
      type: change,
      previousStatus: before?.refund.status ?? null,
      via: context.via,
      occurredAt: context.occurredAt ?? (after.refund.completedAt === null ? null : updates.completedAt),
      recordedAt: context.at,
      refund: after.refund,
      contradiction: change === 'CONFLICT_DETECTED' ? contradiction : null,
    },
  ];
}

/** The row of a group that was only confirmed, when its `observed_at` should move. */
const observedAnew = (one: Group): readonly StoredWithRecord[] =>
  one.stored === null || lastOf(one).every(({ refund }) => refund.observedAt === one.stored?.refund.observedAt)
    ? []
    : [one.stored];

/** The latest record of a refund that is worth keeping. */
function recordOf({ judged }: Group, { via, at }: ObservationContext): readonly NewRecord[] {
  const latest = judged.findLast(({ keepsRecord }) => keepsRecord);
  if (latest === undefined) return [];
  const { incoming: updates, after } = latest;
  return updates.raw === null || after.recordDigest === null
    ? []
    : [{ refundId: after.id, raw: updates.raw, digest: after.recordDigest, via, receivedAt: at }];
}
