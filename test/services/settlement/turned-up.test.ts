/**
 * Promise: the provider is queried when a refund that was given up turns up, and when an end is contradicted,
 * unless the observation itself decides.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settleQueueOf } from '../../../src/ledger/queue/enqueue.ts';
import type { ProviderAccount } from '../../../src/providers/provider.ts';
import { createSingleFlight } from '../../../src/flow/single-flight.ts';
import { NO_CONDITIONS } from '../../../src/refunds/filter.ts';
import { PROVIDERS, type Provider, type Refund } from '../../../src/refunds/refund.ts';
import { lookupOf } from '../../../src/services/observation/query.ts';
import { createFinder } from '../../../src/services/reading/find.ts';
import type { QueriedPage } from '../../../src/services/reading/provider-pages.ts';
import { listRefunds } from '../../../src/services/reading/list.ts';
import { refreshRefund } from '../../../src/services/reading/refresh.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { executed, madeElsewhere, ofEach, scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';
import { callBack } from '../../support/side-door.ts';

const WAYS = ['a list', 'a look-up', 'a refresh', 'a job'] as const;
const NOBODY = new AbortController().signal;

describeOnEachDatabase('what turns up', (database) => {
  let at: Record<Provider, Scripted>;
  let here: Settling;

  beforeEach(async () => {
    at = ofEach((provider) => scriptedProvider(provider));
    here = await settlingOver(await database.open(), Object.values(at));
  });
  afterEach(() => here.close());

  /** The same account with a list that shows one refund. */
  const listed = (provider: Scripted, { merchantRefundId: id }: Refund): ProviderAccount => ({
    ...provider.account,
    list: {
      maxPageSize: 10,
      canPush: () => true,
      page: async (_ask, signal) => {
        await provider.onQuery(id, signal);
        return { records: [{ kind: 'observed', observation: provider.tell(id) }], total: 1 };
      },
    },
  });

  async function ask(way: (typeof WAYS)[number], provider: Scripted, refund: Refund): Promise<Refund | undefined> {
    const { parts } = here;
    const { key } = provider.account;
    switch (way) {
      case 'a list': {
        const accounts = [listed(provider, refund)];
        const page = await listRefunds(
          { ...parts, accounts, pages: createSingleFlight<QueriedPage>(), deadlineMs: () => 10_000 },
          {
            accounts: [key],
            conditions: NO_CONDITIONS,
            direction: 'DESC',
            window: { toward: 'after', limit: 5, from: null },
            read: 'PROVIDER',
          },
          NOBODY,
        );
        return page.edges[0]?.refund;
      }
      case 'a look-up': {
        const [answer] = await createFinder(parts).find([{ account: key, lookup: lookupOf(refund), read: 'PROVIDER' }]);
        return answer?.kind === 'answered' ? answer.refunds[0] : undefined;
      }
      case 'a refresh': {
        const result = await refreshRefund(parts, provider.account, refund.merchantRefundId, NOBODY);
        return result.kind === 'refreshed' ? result.refund : undefined;
      }
      case 'a job': {
        await here.settleOnce(refund, { evenIfFinished: true });
        return here.find(refund);
      }
    }
  }

  const forgetJobs = () =>
    Promise.all(PROVIDERS.map((name) => here.boss.deleteAllJobs(settleQueueOf(at[name].account.key))));
  /** Queries as the waiting job does. Fails if no job waits for the refund, although it is finished. */
  async function settleAsAsked(refund: Refund): Promise<void> {
    expect(await here.jobs(refund)).toMatchObject([{ data: { evenIfFinished: true } }]);
    await here.settleOnce(refund, { evenIfFinished: true });
  }

  describe.each(PROVIDERS)('at %s, of a refund that was given up', (name) => {
    /** Then one of the sends arrives after all. */
    async function giveUp(): Promise<Refund> {
      at[name].script.push(...Array.from({ length: 200 }, () => 'lost-before' as const));
      const refund = await here.make(at[name], { merchantRefundId: 'R1' });
      expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'FAILED', failure: { code: 'NOT_ACCEPTED' } });
      await forgetJobs();
      madeElsewhere(at[name], 'PAYMENT1', 'R1', 100n);
      here.pass(60);
      return refund;
    }

    test('a callback that it is under way has it queried, and it is taken back', async () => {
      const refund = await giveUp();
      await callBack(here, at[name], at[name].tell('R1'));
      await settleAsAsked(refund);
      expect(await here.find(refund)).toMatchObject({ status: 'PROCESSING', failure: null });
    });

    test.each(WAYS)('the answer to %s takes it back', async (way) => {
      const refund = await giveUp();
      expect(await ask(way, at[name], refund)).toMatchObject({ status: 'PROCESSING', failure: null });
      expect(await here.find(refund)).toMatchObject({ status: 'PROCESSING', failure: null });
    });
  });

  test.each(WAYS)(
    'the answer to %s that was overtaken by another end is not believed, and asked again',
    async (way) => {
      const refund = await here.make(at.SHOUTU, {});
      await forgetJobs();
      const there = executed(at.SHOUTU, refund);
      at.SHOUTU.onQuery = async () => {
        at.SHOUTU.onQuery = () => Promise.resolve();
        there.status = 'SUCCEEDED';
        await callBack(here, at.SHOUTU, at.SHOUTU.tell(refund.merchantRefundId));
        // What the answer on its way says.
        there.status = 'CANCELED';
      };
      expect(await ask(way, at.SHOUTU, refund)).toMatchObject({ status: 'SUCCEEDED' });
      there.status = 'SUCCEEDED';
      await settleAsAsked(refund);
      expect(await here.find(refund)).toMatchObject({ status: 'SUCCEEDED' });
    },
  );
});
