/**
 * Promise: whatever the provider does, in whatever order, a refund ends as the provider has it, executed
 * once.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { merchantRefundId } from '../../../src/refunds/ids.ts';
import { PROVIDERS, type Provider } from '../../../src/refunds/refund.ts';
import { refreshRefund } from '../../../src/services/reading/refresh.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { ofEach, scriptedProvider, WORDS, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';

describeOnEachDatabase('a refund', (database) => {
  let at: Record<Provider, Scripted>;
  let here: Settling;

  beforeEach(async () => {
    at = ofEach((provider) => scriptedProvider(provider));
    here = await settlingOver(await database.open(), Object.values(at));
  });
  afterEach(() => here.close());

  test('ends as the provider has it, executed once at most', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('ask' as const), seconds: fc.integer({ min: 0, max: 400 }) }),
        fc.record({ kind: fc.constant('arrive' as const) }),
        fc.record({ kind: fc.constant('repeat' as const) }),
        fc.record({ kind: fc.constant('away' as const), reachable: fc.boolean() }),
        fc.record({
          kind: fc.constant('end' as const),
          status: fc.constantFrom('SUCCEEDED' as const, 'FAILED' as const, 'CANCELED' as const),
        }),
        fc.record({ kind: fc.constant('retry' as const) }),
      ),
      { maxLength: 8 },
    );
    const plans = fc.record({
      name: fc.constantFrom(...PROVIDERS),
      words: fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }),
      moves: steps,
      /** Somebody asks just while a send is under way. */
      isNosy: fc.boolean(),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(plans, async ({ name, words, moves, isNosy }) => {
        run += 1;
        const provider = at[name];
        provider.script.splice(0, Infinity, ...words);
        const id = `RUN${run}`;
        const payment = name === 'TIPAY' ? { merchantPaymentId: `PAY${run}` } : { providerPaymentId: `PAY${run}` };
        const input = { idempotencyKey: `run-${run}`, merchantRefundId: id, ...payment };
        const ref = { account: provider.account.key, merchantRefundId: merchantRefundId(id) };
        provider.during = async () => {
          if (!isNosy) return;
          await here.settleOnce(await here.find(ref));
          await refreshRefund(here.parts, provider.account, ref.merchantRefundId, new AbortController().signal);
        };
        await here.create(provider, input);
        const refund = await here.find(ref);
        let retries = 0;
        // A create that arrives after its repeat has failed counts as one more try; only time can prevent
        // that.
        let takenUp = 0;
        for (const move of moves) {
          if (move.kind === 'ask') {
            here.pass(move.seconds);
            await here.settleOnce(refund);
          } else if (move.kind === 'arrive') takenUp += provider.arrive();
          else if (move.kind === 'repeat') await here.create(provider, input);
          else if (move.kind === 'away') provider.reachable = move.reachable;
          else if (move.kind === 'retry') {
            const failedThere = provider.book.get(id)?.status === 'FAILED';
            const retried = await here.retry(provider, refund.merchantRefundId);
            if (failedThere && retried.kind !== 'invalid') retries += 1;
          } else {
            const there = provider.book.get(id);
            if (there !== undefined && there.status === 'PROCESSING') there.status = move.status;
          }
        }
        provider.reachable = true;
        provider.script.length = 0;
        takenUp += provider.arrive();
        const there = provider.book.get(id);
        if (there?.status === 'PROCESSING') there.status = 'SUCCEEDED';
        await here.settleToTheEnd(refund);
        // A repeat that was on its way may have been taken at the end.
        const after = provider.book.get(id);
        if (after?.status === 'PROCESSING') after.status = 'SUCCEEDED';
        const ended = await here.settleToTheEnd(refund);
        // Given up or refused here, arrived there afterwards: one more query tells.
        const before = await refreshRefund(
          here.parts,
          provider.account,
          ended.merchantRefundId,
          new AbortController().signal,
        );
        const last = before.kind === 'refreshed' ? before.refund : ended;
        expect({ words, moves, status: last.status }).toEqual({ words, moves, status: after?.status ?? 'FAILED' });
        expect(after?.executions ?? 0).toBeLessThanOrEqual(1 + retries + takenUp);
      }),
      { numRuns: database.kind === 'embedded' ? 25 : 60 },
    );
  }, 120_000);
});
