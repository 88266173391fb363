/** What stored callbacks tell is applied to the ledger, and what was made of each is written down. */
import { judgeCallbacks, type Judgement, type Known } from '../../ledger/callbacks.ts';
import type { Tx } from '../../ledger/database/database.ts';
import { readStored } from '../../ledger/refund/refund-writes.ts';
import type { CallbackDoubt, ProviderAccount } from '../../providers/provider.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { askWhereUndecided, type AskAgainDeps } from '../observation/ask-again.ts';
import { observedAccount } from '../observation/ask.ts';
import { observeIn, type Observed } from '../observation/observe.ts';

/** A callback that is stored, with what it tells. */
export interface Told extends Known {
  readonly observation: RefundObservation;
  readonly doubt: CallbackDoubt | null;
}

/** What was made of a callback. */
export interface Applied {
  readonly judgement: Judgement;
  /** Null: it decides nothing, and the provider is asked. */
  readonly observed: Observed | null;
}

/**
 * Makes the function that applies callbacks, in the caller's transaction. Positions are those of the
 * callbacks.
 */
export function createApply({ ledger, queue }: AskAgainDeps) {
  async function apply(tx: Tx, account: ProviderAccount, callbacks: readonly Told[]): Promise<readonly Applied[]> {
    if (callbacks.length === 0) return [];
    const reasons = await doubtsAbout(tx, account, callbacks);
    const news = callbacks.filter((one) => !reasons.has(one)).map(({ observation }) => observation);
    const context = { via: 'CALLBACK', at: ledger.clock() } as const;
    const observed = await observeIn(ledger, tx, observedAccount(account), news, context);
    const heard = observed.values();
    const applied = callbacks.map((one): Applied & Pick<Known, 'before'> => {
      const { id, before } = one;
      const reason = reasons.get(one);
      if (reason !== undefined) return { judgement: { id, state: 'FLAGGED', reason }, observed: null, before };
      const { value } = heard.next();
      if (value === undefined) throw new Error('a callback was not judged');
      return { judgement: judge(id, value), observed: value, before };
    });
    // A new row says APPLIED already.
    const changed = applied.filter(({ judgement, before }) => judgement.reason !== null || before !== null);
    await judgeCallbacks(
      tx,
      changed.map(({ judgement }) => judgement),
    );
    await askWhereUndecided(queue, tx, observed);
    await askInstead(tx, account, [...reasons.keys()]);
    return applied;
  }

  /**
   * Asks the provider about what callbacks tell of and may not decide: one question for each refund, in one
   * order.
   */
  async function askInstead(tx: Tx, { key }: ProviderAccount, doubted: readonly Told[]): Promise<void> {
    const since = ledger.clock().toISOString();
    const asked = new Map(doubted.map(({ observation }) => [observation.merchantRefundId, observation] as const));
    for (const [id, told] of [...asked].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      const { merchantRefundId, providerRefundId, merchantPaymentId, providerPaymentId } = told;
      const lookup = { merchantRefundId, providerRefundId, merchantPaymentId, providerPaymentId };
      await queue.expedite(tx, { account: key, merchantRefundId: id }, { lookup, since });
    }
  }

  return apply;
}

/** Those of the callbacks that decide nothing by themselves, each with the reason. */
async function doubtsAbout(
  tx: Tx,
  { key }: ProviderAccount,
  callbacks: readonly Told[],
): Promise<ReadonlyMap<Told, string>> {
  const doubted = callbacks.filter(({ doubt }) => doubt !== null);
  const ids = doubted.map(({ observation }) => observation.merchantRefundId);
  const known = new Set((await readStored(tx, key, ids)).map(({ refund }) => refund.merchantRefundId));
  return new Map(
    doubted.flatMap((one): readonly (readonly [Told, string])[] => {
      const { doubt, observation } = one;
      const decidesNothing = doubt !== null && (doubt.about === 'any' || !known.has(observation.merchantRefundId));
      return decidesNothing ? [[one, doubt.reason]] : [];
    }),
  );
}

function judge(id: string, { believed, contradicts }: Observed): Judgement {
  if (contradicts.length > 0) {
    return { id, state: 'FLAGGED', reason: `contradicts what is known: ${contradicts.join(', ')}` };
  }
  return { id, state: 'APPLIED', reason: believed ? null : 'older than what is known: changes nothing' };
}
