/**
 * The one door into the ledger: whatever is told about refunds goes through here, and nothing else changes one by hearsay.
 * Row, event and the provider's record are written in one transaction; the same news again writes nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import { inTransaction, type Ledger, type Tx } from '../../ledger/database/database.ts';
import { appendEvents, findContradictions, type NewEvent } from '../../ledger/events.ts';
import { jsonText } from '../../ledger/json.ts';
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

/** All that one call tells of one refund, with what came of it. */
interface Group {
  readonly id: MerchantRefundId;
  readonly news: readonly RefundNews[];
  readonly known: StoredWithRecord | null;
  readonly weighed: readonly Weighed[];
}

/**
 * Takes news in as a part of the caller's transaction. First everything is read at once and without locks; only what would
 * change is locked, always in the same order (payments, then refunds by id), and judged again.
 */
export async function observeIn(
  { newId }: Pick<Ledger, 'newId'>,
  tx: Tx,
  account: ObservedAccount,
  news: readonly RefundNews[],
  context: ObservationContext,
): Promise<readonly Observed[]> {
  const weighing: Weighing = { account, context, newId };
  const byRefund = Map.groupBy(news, (one) => one.merchantRefundId);
  const stored = byId(await readStored(tx, account.key, [...byRefund.keys()]));
  const groups = [...byRefund].map(([id, told]) => group(weighing, id, told, stored.get(id) ?? null, NOT_LOOKED_UP));

  const quiet = groups.filter((one) => !writes(one));
  const written = await write(tx, weighing, groups.filter(writes));
  await touchRefunds(tx, quiet.flatMap(observedAnew), context.at);
  await keepRecords(
    tx,
    [...quiet, ...written].flatMap((one) => recordOf(one, context)),
  );

  const results = new Map([...quiet, ...written].map(({ id, weighed }) => [id, weighed.values()]));
  return news.map(({ merchantRefundId }) => {
    const result = results.get(merchantRefundId)?.next().value;
    if (result === undefined) throw new Error(`the news of ${merchantRefundId} was not judged`);
    const { after, change, ask: askAgain, believed, contradiction } = result;
    return { refund: after.refund, change, askAgain, believed, contradicts: contradiction?.members ?? [] };
  });
}

type PaymentOf = (news: RefundNews) => ResolvedPayment | null;
const NOT_LOOKED_UP: PaymentOf = () => null;

const writes = ({ weighed }: Group): boolean => weighed.some(({ change }) => change !== 'NONE');

const byId = (stored: readonly StoredWithRecord[]): ReadonlyMap<MerchantRefundId, StoredWithRecord> =>
  new Map(stored.map((one) => [one.refund.merchantRefundId, one]));

/** Judges all that is told of one refund, each piece after the one before. */
function group(
  weighing: Weighing,
  id: MerchantRefundId,
  news: readonly RefundNews[],
  known: StoredWithRecord | null,
  paymentOf: PaymentOf,
): Group {
  const weighed: Weighed[] = [];
  let current = known;
  for (const one of news) {
    const result = weigh(weighing, current, one, paymentOf(one));
    weighed.push(result);
    current = result.after;
  }
  return { id, news, known, weighed };
}

async function write(tx: Tx, weighing: Weighing, groups: readonly Group[]): Promise<readonly Group[]> {
  if (groups.length === 0) return [];
  const { paymentOf, before } = await lookUpPayments(tx, weighing, groups);
  const again = ({ id, news }: Group, known: StoredWithRecord | null) => group(weighing, id, news, known, paymentOf);

  const unknown = groups.filter(({ known }) => known === null).map((one) => again(one, null));
  const inserted = await insertRefunds(tx, unknown.flatMap(lastOf));
  const discovered = unknown.filter((one) => lastOf(one).some(({ id }) => inserted.has(id)));

  // Those known before, and those that somebody else discovered meanwhile.
  const rest = groups.filter(({ id }) => !discovered.some((one) => one.id === id));
  const locked = byId(
    await lockStored(
      tx,
      weighing.account.key,
      rest.map(({ id }) => id),
    ),
  );
  const judged = rest.map((one) => {
    const known = locked.get(one.id);
    if (known === undefined) throw new Error(`refund ${one.id} vanished from the ledger`);
    if (!one.news.some((told) => paymentOf(told) !== null)) return again(one, known);
    // Its payment is written already: what was just learned of it must not pass for known before.
    const payment = before.get(one.known?.paymentId ?? '') ?? known.refund.payment;
    return again(one, { ...known, refund: { ...known.refund, payment } });
  });
  const changed = await withoutRepeatedConflicts(tx, judged);

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

const lastOf = ({ weighed }: Group): readonly StoredWithRecord[] => weighed.slice(-1).map(({ after }) => after);

/** Finds, makes or completes the payments of which the news tells more than is known. */
async function lookUpPayments(
  tx: Tx,
  { account, newId }: Weighing,
  groups: readonly Group[],
): Promise<{ readonly paymentOf: PaymentOf; readonly before: ReadonlyMap<string, PaymentFacts> }> {
  const asked = new Map<RefundNews, PaymentFacts>();
  for (const { weighed } of groups) {
    for (const { news, before, believed } of weighed) {
      const known = before?.refund.payment;
      if (!believed || (known !== undefined && !tellsMoreOfPayment(known, told(news)))) continue;
      asked.set(news, known === undefined ? told(news) : { ...told(news), ...withoutNulls(known) });
    }
  }
  const { resolved, before } = await resolvePayments(tx, newId, account.key, [...asked.values()]);
  const found = new Map([...asked.keys()].map((news, index) => [news, resolved[index] ?? null]));
  return { paymentOf: (news) => found.get(news) ?? null, before };
}

const withoutNulls = (facts: PaymentFacts): Partial<PaymentFacts> => ({
  ...(facts.merchantPaymentId === null ? {} : { merchantPaymentId: facts.merchantPaymentId }),
  ...(facts.providerPaymentId === null ? {} : { providerPaymentId: facts.providerPaymentId }),
  ...(facts.amount === null ? {} : { amount: facts.amount }),
});

/** A contradiction is recorded once, however often it is told. The rows are locked, so nobody records one meanwhile. */
async function withoutRepeatedConflicts(tx: Tx, groups: readonly Group[]): Promise<readonly Group[]> {
  const contradicted = groups.filter(({ weighed }) => weighed.some(({ contradiction }) => contradiction !== null));
  const recorded = [
    ...(await findContradictions(
      tx,
      contradicted.flatMap(({ known }) => known?.id ?? []),
    )),
  ];
  return groups.map((one) => ({
    ...one,
    weighed: one.weighed.map((result): Weighed => {
      if (result.contradiction === null) return result;
      const entry = { refundId: result.after.id, contradiction: jsonOf(result.contradiction) };
      if (recorded.some((known) => isDeepStrictEqual(known, entry))) return { ...result, change: 'NONE', ask: false };
      recorded.push(entry);
      return result;
    }),
  }));
}

const jsonOf = (value: unknown): unknown => JSON.parse(jsonText(value));

function eventOf({ account, context }: Weighing, result: Weighed): readonly NewEvent[] {
  const { before, after, change, news, contradiction } = result;
  if (change === 'NONE') return [];
  return [
    {
      refundId: after.id,
      account: account.key,
      type: change,
      previousStatus: before?.refund.status ?? null,
      via: context.via,
      occurredAt: context.occurredAt ?? (after.refund.completedAt === null ? null : news.completedAt),
      recordedAt: context.at,
      refund: after.refund,
      contradiction,
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
