/**
 * Promise: a refund that only a doubted callback told of is asked about until the give-up time; answers end
 * it, whatever they say, and only an outage is waited for.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settleQueueOf } from '../../../src/ledger/queue/enqueue.ts';
import { ProviderError } from '../../../src/providers/errors.ts';
import { merchantRefundId } from '../../../src/refunds/ids.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { RECONCILIATION, settlingOver, type Settling } from '../../support/settling.ts';

const SIGNAL = new AbortController().signal;
const LATE = RECONCILIATION.giveUpAfterSeconds + 1;

describeOnEachDatabase('a refund that is unknown', (database) => {
  let tipay: Scripted;
  let here: Settling;
  beforeEach(async () => {
    tipay = scriptedProvider('TIPAY');
    here = await settlingOver(await database.open(), [tipay]);
  });
  afterEach(() => here.close());

  /**
   * Asks once so many seconds after it was told of. Gives back in how many seconds it is asked about again.
   */
  async function askedAgain(seconds: number): Promise<number | null> {
    const since = here.parts.clock().toISOString();
    here.pass(seconds);
    const id = `UNKNOWN${seconds}`;
    const nothing = { providerRefundId: null, merchantPaymentId: null, providerPaymentId: null };
    const unknown = { lookup: { ...nothing, merchantRefundId: merchantRefundId(id) }, since };
    const job = { account: tipay.account.key, merchantRefundId: id, evenIfFinished: true, unknown };
    await here.settlement.settle(job, SIGNAL);
    const jobs = await here.boss.findJobs(settleQueueOf(tipay.account.key), { key: id });
    const [waiting] = jobs.filter(({ state }) => state === 'created');
    return waiting === undefined ? null : Math.round((waiting.startAfter.getTime() - Date.now()) / 1000);
  }
  const answers = (kind: ProviderError['kind']) => {
    const { key: account } = tipay.account;
    tipay.onQuery = () =>
      Promise.reject(new ProviderError({ kind, account, operation: 'query', message: kind, sent: true }));
  };

  it.each(['try-later', 'rejected'] as const)('is asked about until the give-up time: %s', async (kind) => {
    answers(kind);
    expect(await askedAgain(RECONCILIATION.giveUpAfterSeconds - 1000)).toBeGreaterThan(60);
    expect(await askedAgain(LATE)).toBeNull();
  });

  it('is waited for as long as its provider gives no answer', async () => {
    answers('unavailable');
    expect(await askedAgain(LATE)).toBeLessThanOrEqual(60);
    expect(await askedAgain(10 * LATE)).not.toBeNull();
  });
});
