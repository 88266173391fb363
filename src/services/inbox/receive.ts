/**
 * A provider's callback is verified as it came, then stored and applied in one transaction. Only then may it
 * be acknowledged.
 */
import { createBatcher, OverloadedError } from '../../flow/batcher.ts';
import type { createTokenBucket } from '../../flow/token-bucket.ts';
import { currentTrace, withRequests } from '../../flow/trace.ts';
import {
  NOT_TAKEN_IN,
  addCallbacks,
  anyCame,
  digestOfSigned,
  storeCallbacks,
  storeRejected,
  type Arrival,
  type CallbackResult,
  type NewCallback,
  type StoredCallback,
} from '../../ledger/callbacks.ts';
import { inTransaction, type Tx } from '../../ledger/database/database.ts';
import { LedgerUnavailableError } from '../../ledger/database/errors.ts';
import { beginWith, writeNew } from '../../ledger/database/statements/together.ts';
import { changeRefunds, lockOfAll, readStored, type StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import type { CallbackDoubt, ProviderAccount, ProviderCallbacks } from '../../providers/provider.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { idsOf, mayBeShort, observeLocked } from '../observation/observe.ts';
import { observedAccount } from '../observation/query.ts';
import { queryWhereUndecided, type QueryAgainDeps } from '../observation/query-again.ts';
import { createApply, resultOf } from './apply.ts';

/**
 * What became of a callback. Every kind but `rejected` is kept for good: the provider need not send it again.
 */
export type Received = {
  /** The refund that it names, where it was believed. */
  readonly merchantRefundId?: string;
} & (
  | { readonly kind: 'applied' | 'repeated' | 'flagged'; readonly reason: string | null }
  | { readonly kind: 'rejected'; readonly reason: string; readonly isKept: boolean }
);

/** Callbacks of one account that go into one transaction at most. */
const MOST = 100;
/** Callbacks of one account that wait for the next transaction at most. */
const WAITING = 2_000;

/**
 * Makes the function that receives callbacks: any number of times, in any order, at several servers at once,
 * each is applied once. It throws LedgerUnavailableError and OverloadedError: nothing may be acknowledged
 * then. `bucket` limits, for each account, how many rejected callbacks are stored.
 */
export function createReceiver(parts: QueryAgainDeps & { readonly bucket: ReturnType<typeof createTokenBucket> }) {
  const { ledger, bucket } = parts;
  const apply = createApply(parts);
  const batchers = new Map<AccountKey, (verified: VerifiedArrival) => Promise<Received>>();

  async function receive(account: ProviderAccount, callbacks: ProviderCallbacks, arrival: Arrival): Promise<Received> {
    const reading = callbacks.read(arrival);
    if (reading.kind === 'rejected') {
      return { ...reading, isKept: await storeWithinLimit(account, arrival, reading.reason) };
    }
    try {
      const { observation, signed, doubt } = reading;
      const requestId = currentTrace()?.requestId ?? null;
      const verified = { arrival, digest: digestOfSigned(signed), observation, doubt, requestId };
      return await batcherOf(account)(verified);
    } catch (error) {
      // Stored for the operator, who can apply it again when the mistake is mended.
      if (!isTemporary(error)) await storeWithinLimit(account, arrival, NOT_TAKEN_IN);
      throw error;
    }
  }

  async function storeWithinLimit({ key }: ProviderAccount, arrival: Arrival, reason: string): Promise<boolean> {
    const isWithin = bucket.take(key);
    if (isWithin) await storeRejected(ledger.db, key, { ...arrival, id: ledger.newId(), reason });
    return isWithin;
  }

  function batcherOf(account: ProviderAccount): (verified: VerifiedArrival) => Promise<Received> {
    const opened = batchers.get(account.key);
    if (opened !== undefined) return opened;
    const batcher = createBatcher<VerifiedArrival, Received>({
      work: (batch) => applyBatch(account, batch),
      most: MOST,
      waiting: WAITING,
      isGeneral: (error) => error instanceof LedgerUnavailableError,
    });
    batchers.set(account.key, batcher);
    return batcher;
  }

  /** Stores and applies callbacks of one account: all of it, or nothing. */
  function applyBatch(account: ProviderAccount, batch: readonly VerifiedArrival[]): Promise<readonly Received[]> {
    const times = new Map<string, number>();
    for (const { digest } of batch) times.set(digest, (times.get(digest) ?? 0) + 1);
    const first = [...new Map(batch.toReversed().map((one) => [one.digest, one])).values()].toReversed();
    const rows = first.map(({ arrival, digest, observation }) => {
      const { merchantRefundId } = observation;
      return { ...arrival, id: ledger.newId(), digest, merchantRefundId, times: times.get(digest) ?? 1 };
    });
    const requestIds = new Map(
      first.flatMap(({ observation, requestId }) =>
        requestId === null ? [] : [[observation.merchantRefundId, requestId] as const],
      ),
    );
    const receivedBy = (results: ReadonlyMap<string, CallbackResult | undefined>): readonly Received[] => {
      const received = new Map([...results].map(([digest, result]) => [digest, receivedOf(result)]));
      return batch.map(({ digest, observation: { merchantRefundId } }): Received => {
        const result = received.get(digest) ?? ({ kind: 'repeated', reason: null } as const);
        received.delete(digest);
        return { ...result, merchantRefundId };
      });
    };
    let seen: readonly StoredWithRecord[] | undefined;
    const work = async (tx: Tx): Promise<readonly Received[]> => {
      // Run again because of another transaction, it looks again.
      const justSeen = seen;
      seen = undefined;
      const storedByDigest = await storeCallbacks(tx, account.key, rows);
      const fresh = first.flatMap(({ digest, observation, doubt }) => {
        const stored = storedByDigest.get(digest);
        return stored === undefined || isDone(stored) ? [] : [{ ...stored, digest, observation, doubt }];
      });
      const applied = await apply(tx, account, fresh, justSeen);
      return receivedBy(new Map(fresh.map(({ digest }, index) => [digest, applied[index]?.result])));
    };
    return withRequests(requestIds, async () => {
      if (first.some(({ doubt }) => doubt !== null)) return inTransaction(ledger, work);
      const updates = first.map(({ observation }) => observation);
      seen = await readStored(ledger.db, account.key, idsOf(updates));
      const results = mayBeShort(judgingFor(account), updates, seen) ? await applyAtOnce(account, updates, rows) : null;
      return results === null ? inTransaction(ledger, work) : receivedBy(results);
    });
  }

  const judgingFor = (account: ProviderAccount) => ({
    account: observedAccount(account),
    context: { via: 'CALLBACK', at: ledger.clock() } as const,
    newId: ledger.newId,
  });

  /**
   * The short way of most callbacks, in one read and one write: none came before, and all speak of refunds
   * that are known. By digest; null, and nothing kept, where they take the long way.
   */
  const applyAtOnce = (
    account: ProviderAccount,
    observations: readonly RefundObservation[],
    rows: readonly Omit<NewCallback, 'state' | 'reason'>[],
  ): Promise<ReadonlyMap<string, CallbackResult> | null> =>
    inTransaction<ReadonlyMap<string, CallbackResult> | null>(ledger, async (tx, rollBack) => {
      const ids = idsOf(observations);
      const [look] = await beginWith<{ came: boolean }>(tx, [lockOfAll(account.key, ids), anyCame(account.key, rows)]);
      if (look?.came !== false) return rollBack(null);
      const told = await observeLocked(tx, judgingFor(account), observations, await readStored(tx, account.key, ids));
      if (told === null) return rollBack(null);
      const results = rows.map((row, nth): NewCallback => {
        const observed = told.observed[nth];
        if (observed === undefined) throw new Error('a callback was not judged');
        return { ...row, ...resultOf(row.id, observed) };
      });
      await writeNew(tx, [addCallbacks(account.key, results), ...changeRefunds(told.changed), ...told.writes]);
      await queryWhereUndecided(parts.queue, tx, told.observed);
      return new Map(results.map((one) => [one.digest, one]));
    });

  return receive;
}

/** Whether the same callback can simply be sent again later. */
export const isTemporary = (error: unknown): boolean =>
  error instanceof LedgerUnavailableError || error instanceof OverloadedError;

/** A callback that the provider's signature vouches for. */
interface VerifiedArrival {
  readonly arrival: Arrival;
  readonly digest: string;
  readonly observation: RefundObservation;
  readonly doubt: CallbackDoubt | null;
  /** Of the request that brought it. */
  readonly requestId: string | null;
}

/** It was applied before. One that was rejected then and is believed now is applied now. */
const isDone = ({ before }: StoredCallback): boolean => before === 'APPLIED' || before === 'FLAGGED';

const receivedOf = (result: CallbackResult | undefined): Received =>
  result?.state === 'FLAGGED'
    ? { kind: 'flagged', reason: result.reason }
    : { kind: 'applied', reason: result?.reason ?? null };
