/** A provider's callback: verified as it came, kept and applied in one transaction, and only then good for an acknowledgement. */
import {
  digestOfSigned,
  judgeCallbacks,
  storeCallbacks,
  storeRejected,
  type Arrival,
  type Judgement,
  type Known,
  type NewCallback,
} from '../../ledger/callbacks.ts';
import { inTransaction, type Tx } from '../../ledger/database/database.ts';
import { readStored } from '../../ledger/refund/refund-writes.ts';
import { LedgerUnavailableError } from '../../ledger/database/errors.ts';
import type { CallbackDoubt, ProviderAccount, ProviderCallbacks } from '../../providers/provider.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { askWhereUndecided, type AskAgainDeps } from '../observation/ask-again.ts';
import { observedAccount } from '../observation/ask.ts';
import type { TokenBucket } from '../../flow/token-bucket.ts';
import { createBatcher, OverloadedError } from '../../flow/batcher.ts';
import { observeIn, type Observed } from '../observation/observe.ts';

export interface ReceiveDeps extends AskAgainDeps {
  /** Limits, for each account, what is kept of rejected callbacks. */
  readonly budget: TokenBucket;
}

/** What became of a callback. Every kind but `rejected` is kept for good: the provider need not send it again. */
export type Received =
  | { readonly kind: 'applied' | 'repeated' | 'flagged'; readonly reason: string | null }
  | { readonly kind: 'rejected'; readonly reason: string; readonly isKept: boolean };

export type Receive = (account: ProviderAccount, callbacks: ProviderCallbacks, arrival: Arrival) => Promise<Received>;

/** Callbacks of one account that go into one transaction at most, and that wait for the next one at most. */
const MOST = 100;
const WAITING = 2_000;

/**
 * Makes the function that takes callbacks in: any number of times, in any order, here and elsewhere at once, each is applied
 * once. It throws LedgerUnavailableError and OverloadedError: nothing may be acknowledged then.
 */
export function createReceiver(deps: ReceiveDeps): Receive {
  const { ledger, budget } = deps;
  const takers = new Map<AccountKey, (believed: Believed) => Promise<Received>>();

  function takerOf(account: ProviderAccount): (believed: Believed) => Promise<Received> {
    const known = takers.get(account.key);
    if (known !== undefined) return known;
    const taker = createBatcher<Believed, Received>({
      work: (batch) => applyBatch(deps, account, batch),
      most: MOST,
      waiting: WAITING,
      isGeneral: (error) => error instanceof LedgerUnavailableError,
    });
    takers.set(account.key, taker);
    return taker;
  }

  return async (account, callbacks, arrival) => {
    const keepWithin = async (reason: string): Promise<boolean> => {
      const isKept = budget.take(account.key);
      if (isKept) await storeRejected(ledger.db, account.key, { ...arrival, id: ledger.newId() }, reason);
      return isKept;
    };
    const reading = callbacks.read(arrival);
    if (reading.kind === 'rejected') return { ...reading, isKept: await keepWithin(reading.reason) };
    try {
      const { observation, signed, doubt } = reading;
      return await takerOf(account)({ arrival, digest: digestOfSigned(signed), observation, doubt });
    } catch (error) {
      // Kept for the operator, who can apply it again when the mistake is mended.
      if (!isTemporary(error)) await keepWithin('could not be taken in: a mistake of ours, which is in the log');
      throw error;
    }
  };
}

/** Whether the same callback can simply be sent again later. */
export const isTemporary = (error: unknown): boolean =>
  error instanceof LedgerUnavailableError || error instanceof OverloadedError;

/** A callback that the provider's signature vouches for. */
interface Believed {
  readonly arrival: Arrival;
  readonly digest: string;
  readonly observation: RefundObservation;
  readonly doubt: CallbackDoubt | null;
}

/** Keeps and applies callbacks of one account: all of it, or nothing. */
function applyBatch(
  deps: ReceiveDeps,
  account: ProviderAccount,
  batch: readonly Believed[],
): Promise<readonly Received[]> {
  const { ledger } = deps;
  const times = new Map<string, number>();
  for (const { digest } of batch) times.set(digest, (times.get(digest) ?? 0) + 1);
  const first = [...new Map(batch.toReversed().map((one) => [one.digest, one])).values()].toReversed();
  const rows = first.map(({ arrival, digest, observation }): NewCallback => {
    const { merchantRefundId } = observation;
    return { ...arrival, id: ledger.newId(), digest, merchantRefundId, times: times.get(digest) ?? 1 };
  });
  return inTransaction(ledger, async (tx) => {
    const known = await storeCallbacks(tx, account.key, rows);
    const fresh = first.flatMap(({ digest, observation, doubt }) => {
      const kept = known.get(digest);
      return kept === undefined || isDone(kept) ? [] : [{ ...kept, digest, observation, doubt }];
    });
    const applied = await applyStored(deps, tx, account, fresh);
    const received = new Map(fresh.map(({ digest }, index) => [digest, receivedOf(applied[index]?.judgement)]));
    return batch.map(({ digest }): Received => {
      const result = received.get(digest) ?? { kind: 'repeated', reason: null };
      received.delete(digest);
      return result;
    });
  });
}

/** It was applied before. One that was rejected then and is believed now is applied now. */
const isDone = ({ before }: Known): boolean => before === 'APPLIED' || before === 'FLAGGED';

const receivedOf = (judgement: Judgement | undefined): Received =>
  judgement?.state === 'FLAGGED'
    ? { kind: 'flagged', reason: judgement.reason }
    : { kind: 'applied', reason: judgement?.reason ?? null };

/** A callback that is kept, with what it tells. */
export interface Told extends Known {
  readonly observation: RefundObservation;
  readonly doubt: CallbackDoubt | null;
}

export interface Applied {
  readonly judgement: Judgement;
  /** Null: it decides nothing, and the provider is asked. */
  readonly observed: Observed | null;
}

/** Lets the ledger hear what callbacks tell, and writes down what was made of each. */
export async function applyStored(
  { ledger, queue }: AskAgainDeps,
  tx: Tx,
  account: ProviderAccount,
  callbacks: readonly Told[],
): Promise<readonly Applied[]> {
  if (callbacks.length === 0) return [];
  const reasons = await doubtsAbout(tx, account, callbacks);
  const news = callbacks.filter((one) => !reasons.has(one)).map(({ observation }) => observation);
  const at = ledger.clock();
  const observed = await observeIn(ledger, tx, observedAccount(account), news, { via: 'CALLBACK', at });
  const answers = observed.values();
  const applied = callbacks.map((one): Applied & Pick<Known, 'before'> => {
    const { id, before } = one;
    const reason = reasons.get(one);
    const heard = reason === undefined ? answers.next().value : undefined;
    if (heard === undefined) {
      return { judgement: { id, state: 'FLAGGED', reason: reason ?? 'was not judged' }, observed: null, before };
    }
    return { judgement: judge(id, heard), observed: heard, before };
  });
  // A new row says APPLIED already.
  const written = applied.filter(({ judgement, before }) => judgement.reason !== null || before !== null);
  await judgeCallbacks(
    tx,
    written.map(({ judgement }) => judgement),
  );
  await askWhereUndecided(queue, tx, observed);
  await askInstead({ queue, at }, tx, account, [...reasons.keys()]);
  return applied;
}

/** Those of the callbacks that decide nothing by themselves, each with the reason. */
async function doubtsAbout(
  tx: Tx,
  account: ProviderAccount,
  callbacks: readonly Told[],
): Promise<ReadonlyMap<Told, string>> {
  const doubted = callbacks.filter(({ doubt }) => doubt !== null);
  const ids = doubted.map(({ observation }) => observation.merchantRefundId);
  const known = new Set((await readStored(tx, account.key, ids)).map(({ refund }) => refund.merchantRefundId));
  return new Map(
    doubted.flatMap((one): readonly (readonly [Told, string])[] => {
      const { doubt, observation } = one;
      const isHeld = doubt !== null && (doubt.about === 'any' || !known.has(observation.merchantRefundId));
      return isHeld ? [[one, doubt.reason]] : [];
    }),
  );
}

/** Asks the provider about what callbacks tell of and may not decide: one question for each refund, in one order. */
async function askInstead(
  { queue, at }: { readonly queue: AskAgainDeps['queue']; readonly at: Date },
  tx: Tx,
  { key }: ProviderAccount,
  doubted: readonly Told[],
): Promise<void> {
  const asked = new Map(doubted.map(({ observation }) => [observation.merchantRefundId, observation] as const));
  for (const [id, told] of [...asked].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const { merchantRefundId, providerRefundId, merchantPaymentId, providerPaymentId } = told;
    const lookup = { merchantRefundId, providerRefundId, merchantPaymentId, providerPaymentId };
    await queue.expedite(tx, { account: key, merchantRefundId: id }, { lookup, since: at.toISOString() });
  }
}

function judge(id: string, { believed, contradicts }: Observed): Judgement {
  if (contradicts.length > 0) {
    return { id, state: 'FLAGGED', reason: `contradicts what is known: ${contradicts.join(', ')}` };
  }
  return { id, state: 'APPLIED', reason: believed ? null : 'older than what is known: changes nothing' };
}
