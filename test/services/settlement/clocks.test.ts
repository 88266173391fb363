/**
 * Promise: servers whose clocks differ by seconds do not take an answer from before a send for the outcome of
 * that send.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Refund } from '../../../src/refunds/refund.ts';
import { refreshRefund } from '../../../src/services/reading/refresh.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { executed, scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';
import { callBack } from '../../support/side-door.ts';

const APART_SECONDS = 3;

describeOnEachDatabase('two servers', (database) => {
  let tipay: Scripted;
  let shoutu: Scripted;
  let here: Settling;
  let there: Settling;

  beforeEach(async () => {
    tipay = scriptedProvider('TIPAY');
    shoutu = scriptedProvider('SHOUTU');
    here = await settlingOver(await database.open(), [tipay, shoutu]);
    there = await settlingOver(await database.another(), [tipay, shoutu]);
  });
  afterEach(async () => {
    await there.close();
    await here.close();
  });

  const refresh = ({ parts }: Settling, { account }: Scripted, { merchantRefundId: id }: Refund) =>
    refreshRefund(parts, account, id, new AbortController().signal);

  test('whose answer left before a retry, by a clock that is ahead, does not make the retry FAILED', async () => {
    const refund = await here.make(tipay, {});
    executed(tipay, refund).status = 'FAILED';
    here.pass(60);
    there.pass(60 + APART_SECONDS);
    await here.settleOnce(refund);
    expect(await here.find(refund)).toMatchObject({ status: 'FAILED' });
    tipay.onQuery = async () => {
      expect(await here.retry(tipay, refund.merchantRefundId)).toMatchObject({
        kind: 'retried',
        refund: { status: 'PROCESSING' },
      });
      // What the answer on its way says.
      executed(tipay, refund).status = 'FAILED';
    };
    expect(await refresh(there, tipay, refund)).toMatchObject({ refund: { status: 'PROCESSING' } });
    expect(await here.find(refund)).toMatchObject({ status: 'PROCESSING', failure: null });
    expect(await here.jobs(refund)).toMatchObject([{ data: { evenIfFinished: true } }]);
  });

  test('whose callback came by a clock that is behind do not let an answer from before the send undo the end', async () => {
    here.pass(60 + APART_SECONDS);
    there.pass(60);
    shoutu.script.push('lost-after');
    const refund = await here.make(shoutu, {});
    executed(shoutu, refund).status = 'SUCCEEDED';
    await callBack(there, shoutu, shoutu.tell(refund.merchantRefundId));
    expect(await here.find(refund)).toMatchObject({ status: 'SUCCEEDED' });
    executed(shoutu, refund).status = 'CANCELED';
    there.pass(1);
    expect(await refresh(there, shoutu, refund)).toMatchObject({ refund: { status: 'SUCCEEDED' } });
    expect(await here.jobs(refund)).toMatchObject([{ data: { evenIfFinished: true } }]);
    // Asked later it decides.
    there.pass(APART_SECONDS);
    expect(await refresh(there, shoutu, refund)).toMatchObject({ refund: { status: 'CANCELED' } });
  });
});
