/**
 * Promise: a provider's yes that another server keeps while a refund is queried counts, although the query
 * began without it: a "not there" then sends nothing again.
 */
import type { KyselyPlugin } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { readStored } from '../../../src/ledger/refund/refund-writes.ts';
import { findSubmissions } from '../../../src/ledger/submissions.ts';
import { merchantRefundId } from '../../../src/refunds/ids.ts';
import type { Refund } from '../../../src/refunds/refund.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { executed, ofEach, scriptedProvider, type Scripted, type Word } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';

/** Longer than a send may be on its way, so that a "not there" speaks of it. */
const LATER_SECONDS = 20;
const CLOCKS_APART_SECONDS = 3;

/** A ledger that calls back when the sends of a refund have been read, before the reader gets them. */
function pausedAtSends(ledger: Ledger, pause: () => Promise<void>): Ledger {
  const reads = new WeakSet<object>();
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      if (node.kind === 'SelectQueryNode' && JSON.stringify(node.from).includes('"refund_submissions"')) {
        reads.add(queryId);
      }
      return node;
    },
    transformResult: async ({ result, queryId }) => {
      if (reads.has(queryId)) await pause();
      return result;
    },
  };
  return { ...ledger, db: ledger.db.withPlugin(plugin) };
}

describeOnEachDatabase('a yes that is kept meanwhile', (database) => {
  let at: Record<'BLUEPAY' | 'TIPAY', Scripted>;
  let there: Settling;
  let here: Settling;
  /** Called once, when the server that queries has read the refund's sends. */
  let whenRead: () => Promise<void>;

  beforeEach(async () => {
    at = ofEach((provider) => scriptedProvider(provider));
    whenRead = () => Promise.resolve();
    const pause = () => {
      const once = whenRead;
      whenRead = () => Promise.resolve();
      return once();
    };
    there = await settlingOver(await database.open(), Object.values(at));
    here = await settlingOver(pausedAtSends(await database.another(), pause), Object.values(at));
  });
  afterEach(async () => {
    await here.close();
    await there.close();
  });

  /** A send by the other server, whose answer arrives when it is let in. */
  async function heldSend(provider: Scripted, word: Word, send: () => Promise<unknown>): Promise<() => Promise<void>> {
    const isUnderWay = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    provider.script.push(word);
    provider.during = () => {
      provider.during = () => Promise.resolve();
      isUnderWay.resolve();
      return answer.promise;
    };
    const sending = send();
    await isUnderWay.promise;
    return async () => {
      answer.resolve();
      await sending;
    };
  }

  const outcomes = async ({ account, merchantRefundId: id }: Refund) => {
    const { db } = here.parts.ledger;
    const [stored] = await readStored(db, account, [id]);
    return (await findSubmissions(db, stored?.id ?? '')).map(({ kind, outcome }) => `${kind} ${outcome}`);
  };
  const refOf = ({ account }: Scripted) => ({ account: account.key, merchantRefundId: merchantRefundId('R1') });

  const CASES = (['BLUEPAY', 'TIPAY'] as const).flatMap((name) =>
    (['after its sends were read', 'while its query is under way, by a clock that is behind'] as const).map(
      (when) => [name, when] as const,
    ),
  );

  test.each(CASES)('at %s, %s, sends nothing again', async (name, when) => {
    const provider = at[name];
    const letIn = await heldSend(provider, 'unread', () => there.create(provider, { merchantRefundId: 'R1' }));
    // The provider's query lags behind its create.
    provider.hides = () => true;
    const refund = await here.find(refOf(provider));
    here.pass(LATER_SECONDS);
    if (when === 'after its sends were read') {
      there.pass(LATER_SECONDS);
      whenRead = async () => {
        await letIn();
        here.pass(1);
      };
    } else {
      there.pass(LATER_SECONDS - CLOCKS_APART_SECONDS);
      provider.onQuery = letIn;
    }
    await here.settleOnce(refund);
    provider.onQuery = () => Promise.resolve();
    expect(await outcomes(refund)).toEqual(['CREATE accepted-unread']);
    expect(provider.sent).toHaveLength(1);
    expect(await here.jobs(refund)).toHaveLength(1);

    provider.hides = () => false;
    executed(provider, refund).status = 'SUCCEEDED';
    expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'SUCCEEDED' });
    expect(provider.sent).toHaveLength(1);
  });
});
