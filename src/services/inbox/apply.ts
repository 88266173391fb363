/** What stored callbacks tell is applied to the ledger, and what was made of each is written down. */
import { judgeCallbacks, type Judgement, type Known } from '../../ledger/callbacks.ts';
import type { Tx } from '../../ledger/database/database.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { askWhereUndecided, type AskAgainDeps } from '../observation/ask-again.ts';
import { observedAccount } from '../observation/ask.ts';
import { observeIn, type Observed } from '../observation/observe.ts';

/**
 * Makes the function that applies callbacks, in the caller's transaction. Positions are those of the
 * callbacks.
 */
export const createApply = ({ ledger, queue }: AskAgainDeps) =>
  async function apply(
    tx: Tx,
    account: ProviderAccount,
    callbacks: readonly (Known & { readonly observation: RefundObservation })[],
  ): Promise<readonly { readonly judgement: Judgement; readonly observed: Observed }[]> {
    if (callbacks.length === 0) return [];
    const news = callbacks.map(({ observation }) => observation);
    const context = { via: 'CALLBACK', at: ledger.clock() } as const;
    const observed = await observeIn(ledger, tx, observedAccount(account), news, context);
    const applied = observed.map((one, index) => {
      const { id, before } = callbacks[index] ?? { id: '', before: null };
      return { judgement: judge(id, one), observed: one, before };
    });
    // A new row says APPLIED already.
    const changed = applied.filter(({ judgement, before }) => judgement.reason !== null || before !== null);
    await judgeCallbacks(
      tx,
      changed.map(({ judgement }) => judgement),
    );
    await askWhereUndecided(queue, tx, observed);
    return applied;
  };

function judge(id: string, { believed, contradicts }: Observed): Judgement {
  if (contradicts.length > 0) {
    return { id, state: 'FLAGGED', reason: `contradicts what is known: ${contradicts.join(', ')}` };
  }
  return { id, state: 'APPLIED', reason: believed ? null : 'older than what is known: changes nothing' };
}
