/**
 * The one door into the ledger: whatever is told about refunds goes through here, and nothing else changes
 * one by hearsay. Row, event and the provider's record are written in one transaction; the same news again
 * writes nothing.
 */
import { inTransaction, type Ledger, type Tx } from '../../ledger/database/database.ts';
import { appendEvents, findContradictions, type NewEvent } from '../../ledger/events.ts';
import { resolvePayments, type ResolvedPayment } from '../../ledger/payment/payment-identity.ts';
import { keepRecords, type NewRecord } from '../../ledger/refund/records.ts';
import {
  insertRefunds,
  lockStored,
  readStored,
  touchRefunds,
  updateRefunds,
  type StoredWithRecord,
} from '../../ledger/refund/refund-writes.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import type { RefundNews } from '../../refunds/news.ts';
import type { PaymentFacts, Refund } from '../../refunds/refund.ts';
import {
  jsonOf,
  tellsMoreOfPayment,
  told,
  weigh,
  type ObservationContext,
  type ObservedAccount,
  type ObservedChange,
  type Weighed,
  type Weighing,
} from './judge.ts';

export interface Observed {
  /** As it is after the news. */
  readonly refund: Refund;
  readonly change: ObservedChange;
  /** The provider should be asked about this refund, because the news alone does not decide. */
  readonly askAgain: boolean;
  /** It agrees with what is known, or became it. Else it was older news, or contradicts. */
  readonly believed: boolean;
  /** The members in which it contradicts what is known, told for the first time or again. */
  readonly contradicts: readonly string[];
}

/** Takes news in, in a transaction of its own. Positions of the answer are those of the news. */
export async function observe(
  ledger: Ledger,
  account: ObservedAccount,
  news: readonly RefundNews[],
  context: ObservationContext,
): Promise<readonly Observed[]> {
  if (news.length === 0) return [];
  return inTransaction(ledger, (tx) => observeIn(ledger, tx, account, news, context));
}

/** One piece of news, numbered by its position in the call. */
interface Piece {
  readonly nth: number;
  readonly news: RefundNews;
}

/** All that one call tells of one refund, with what came of each piece, in the order of the call. */
interface Group {
  readonly id: MerchantRefundId;
  readonly pieces: readonly Piece[];
  readonly known: StoredWithRecord | null;
  readonly weighed: readonly (Weighed & Piece)[];
}

/** The payments that pieces of news name, by the pieces' numbers. */
type Payments = ReadonlyMap<number, ResolvedPayment>;
const NOT_LOOKED_UP: Payments = new Map();

/**
 * Takes news in as a part of the caller's transaction, in three passes. `plan` judges without locks. What
 * would change is locked (`lock`), always in the same order (payments, then refunds by id), and judged again
 * (`decide`).
 */
export async function observeIn(
  { newId }: Pick<Ledger, 'newId'>,
  tx: Tx,
  account: ObservedAccount,
  news: readonly RefundNews[],
  context: ObservationContext,
): Promise<readonly Observed[]> {
  const weighing: Weighing = { account, context, newId };
  const groups = await plan(tx, weighing, news);
  const quiet = groups.filter((one) => !writes(one));
  const written = await write(tx, weighing, groups.filter(writes));
  await touchRefunds(tx, quiet.flatMap(observedAnew), context.at);
  await keepRecords(
    tx,
    [...quiet, ...written].flatMap((one) => recordOf(one, context)),
  );

  const answers = new Map(
    [...quiet, ...written].flatMap(({ weighed }) => weighed.map((one) => [one.nth, observedOf(one)] as const)),
  );
  return news.map(({ merchantRefundId }, nth) => {
    const answer = answers.get(nth);
    if (answer === undefined) throw new Error(`the news of ${merchantRefundId} was not judged`);
    return answer;
  });
}

const observedOf = ({ after, change, ask: askAgain, believed, contradiction }: Weighed): Observed => ({
  refund: after.refund,
  change,
  askAgain,
  believed,
  contradicts: contradiction?.members ?? [],
});

const writes = ({ weighed }: Group): boolean =>
  weighed.some(({ before, after }) => before === null || after.revision !== before.revision);

const byId = (stored: readonly StoredWithRecord[]): ReadonlyMap<MerchantRefundId, StoredWithRecord> =>
  new Map(stored.map((one) => [one.refund.merchantRefundId, one]));

/** Reads everything at once, without locks, and judges it. */
async function plan(tx: Tx, weighing: Weighing, news: readonly RefundNews[]): Promise<readonly Group[]> {
  const pieces = news.map((one, nth): Piece => ({ nth, news: one }));
  const byRefund = Map.groupBy(pieces, (piece) => piece.news.merchantRefundId);
  const stored = byId(await readStored(tx, weighing.account.key, [...byRefund.keys()]));
  return [...byRefund].map(([id, own]) => {
    const known = stored.get(id) ?? null;
    return { id, pieces: own, known, weighed: judgeInTurn(weighing, { pieces: own, known }, NOT_LOOKED_UP) };
  });
}

/**
 * Judges all that is told of one refund, each piece after the one before. `recorded`: its contradictions in
 * the ledger.
 */
function judgeInTurn(
  weighing: Weighing,
  { pieces, known, recorded = [] }: Pick<Group, 'pieces' | 'known'> & { readonly recorded?: readonly unknown[] },
  payments: Payments,
): readonly (Weighed & Piece)[] {
  const weighed: (Weighed & Piece)[] = [];
  const told = [...recorded];
  let current = known;
  for (const { nth, news } of pieces) {
    const result = weigh({ ...weighing, recorded: told }, current, news, payments.get(nth) ?? null);
    if (result.change === 'CONFLICT_DETECTED') told.push(jsonOf(result.contradiction));
    weighed.push({ ...result, nth });
    current = result.after;
  }
  return weighed;
}

async function write(tx: Tx, weighing: Weighing, planned: readonly Group[]): Promise<readonly Group[]> {
  if (planned.length === 0) return [];
  const { payments, before } = await lookUpPayments(tx, weighing, planned);
  const { discovered, locked } = await lock(tx, weighing, { planned, payments });
  // The payments were written above. Compare with their earlier facts, or the update would look like no
  // change.
  const rows = locked.map((one) => {
    if (!one.pieces.some(({ nth }) => payments.has(nth))) return one;
    const { known, paymentId } = one;
    const payment = before.get(paymentId ?? '') ?? known.refund.payment;
    return { ...one, known: { ...known, refund: { ...known.refund, payment } } };
  });
  const changed = await decide(tx, weighing, { rows, payments });
  await updateRefunds(
    tx,
    changed.flatMap((one) => lastOf(one).filter((last) => last.revision !== one.known?.revision)),
  );
  const all = [...discovered, ...changed];
  await appendEvents(
    tx,
    all.flatMap((one) => one.weighed.flatMap((result) => eventOf(weighing, result))),
  );
  return all;
}

/** A refund that was known before: its row is locked. */
type Locked = Pick<Group, 'id' | 'pieces'> & { readonly known: StoredWithRecord; readonly paymentId: string | null };

/**
 * Adds the refunds that nobody knows, and locks the others: known before, or discovered by somebody else
 * meanwhile.
 */
async function lock(
  tx: Tx,
  weighing: Weighing,
  { planned, payments }: { readonly planned: readonly Group[]; readonly payments: Payments },
): Promise<{ readonly discovered: readonly Group[]; readonly locked: readonly Locked[] }> {
  const unknown = planned
    .filter(({ known }) => known === null)
    .map((one) => ({ ...one, weighed: judgeInTurn(weighing, one, payments) }));
  const inserted = await insertRefunds(tx, unknown.flatMap(lastOf));
  const discovered = unknown.filter((one) => lastOf(one).some(({ id }) => inserted.has(id)));

  const rest = planned.filter(({ id }) => !discovered.some((one) => one.id === id));
  const ids = rest.map(({ id }) => id);
  const stored = byId(await lockStored(tx, weighing.account.key, ids));
  const locked = rest.map(({ id, pieces, known: seen }): Locked => {
    const known = stored.get(id);
    if (known === undefined) throw new Error(`refund ${id} vanished from the ledger`);
    return { id, pieces, known, paymentId: seen?.paymentId ?? null };
  });
  return { discovered, locked };
}

/**
 * Judges under the locks. Contradictions are recorded once, so those that are recorded already are looked up.
 */
async function decide(
  tx: Tx,
  weighing: Weighing,
  { rows, payments }: { readonly rows: readonly Locked[]; readonly payments: Payments },
): Promise<readonly Group[]> {
  const judged = rows.map((one): Group => ({ ...one, weighed: judgeInTurn(weighing, one, payments) }));
  const contradicted = judged.filter(({ weighed }) => weighed.some(({ contradiction }) => contradiction !== null));
  if (contradicted.length === 0) return judged;
  const found = await findContradictions(
    tx,
    contradicted.flatMap(({ known }) => known?.id ?? []),
  );
  const ofRefund = Map.groupBy(found, ({ refundId }) => refundId);
  return rows.map((one): Group => {
    const recorded = (ofRefund.get(one.known.id) ?? []).map(({ contradiction }) => contradiction);
    return { ...one, weighed: judgeInTurn(weighing, { ...one, recorded }, payments) };
  });
}

const lastOf = ({ weighed }: Group): readonly StoredWithRecord[] => weighed.slice(-1).map(({ after }) => after);

/** Finds, makes or completes the payments of which the news tells more than is known. */
async function lookUpPayments(
  tx: Tx,
  { account, newId }: Weighing,
  planned: readonly Group[],
): Promise<{ readonly payments: Payments; readonly before: ReadonlyMap<string, PaymentFacts> }> {
  const asked = planned
    .flatMap(({ weighed }) => weighed)
    .flatMap(({ nth, news, before, believed }): { readonly nth: number; readonly facts: PaymentFacts }[] => {
      const known = before?.refund.payment;
      const facts = told(news);
      if (!believed || (known !== undefined && !tellsMoreOfPayment(known, facts))) return [];
      return [{ nth, facts: known === undefined ? facts : { ...facts, ...withoutNulls(known) } }];
    });
  const wanted = asked.map(({ facts }) => facts);
  const { resolved, before } = await resolvePayments(tx, newId, account.key, wanted);
  const payments = new Map<number, ResolvedPayment>();
  for (const [index, found] of resolved.entries()) {
    const nth = asked[index]?.nth;
    if (nth !== undefined && found !== null) payments.set(nth, found);
  }
  return { payments, before };
}

const withoutNulls = (facts: PaymentFacts): Partial<PaymentFacts> => ({
  ...(facts.merchantPaymentId === null ? {} : { merchantPaymentId: facts.merchantPaymentId }),
  ...(facts.providerPaymentId === null ? {} : { providerPaymentId: facts.providerPaymentId }),
  ...(facts.amount === null ? {} : { amount: facts.amount }),
});

function eventOf({ account, context }: Weighing, result: Weighed): readonly NewEvent[] {
  const { before, after, change, news, contradiction } = result;
  if (change === 'NONE') return [];
  return [
    {
      refundId: after.id,
      account: account.key,
      type: change,
      via: change === 'DISCOVERED' && context.isFirstCopy === true ? 'COPY' : context.via,
      occurredAt: context.occurredAt ?? (after.refund.completedAt === null ? null : news.completedAt),
      recordedAt: context.at,
      before: before?.refund ?? null,
      refund: after.refund,
      contradiction: change === 'CONFLICT_DETECTED' ? contradiction : null,
    },
  ];
}

/** The row of a group that was only confirmed, when its `observed_at` should move. */
const observedAnew = (one: Group): readonly StoredWithRecord[] =>
  one.known === null || lastOf(one).every(({ refund }) => refund.observedAt === one.known?.refund.observedAt)
    ? []
    : [one.known];

/** The latest record of a refund that is worth keeping. */
function recordOf({ weighed }: Group, { via, at }: ObservationContext): readonly NewRecord[] {
  const latest = weighed.findLast(({ keepsRecord }) => keepsRecord);
  if (latest === undefined) return [];
  const { news, after } = latest;
  return news.raw === null || after.recordDigest === null
    ? []
    : [{ refundId: after.id, raw: news.raw, digest: after.recordDigest, via, receivedAt: at }];
}
