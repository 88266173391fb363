/**
 * Promise: texts and names of members that the database can't keep cost nobody his answer. They are shown at
 * once as they are kept, and told again they are no change.
 */
import { expect, test } from 'vitest';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { executed, scriptedProvider } from '../../support/scripted-provider.ts';
import { settlingOver } from '../../support/settling.ts';
import { callBack } from '../../support/side-door.ts';
import { refundUpdate } from '../../support/refund-update.ts';

const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;
const REF = { account: ACCOUNT.key, merchantRefundId: merchantRefundId('R1') };
const AT = new Date('2026-05-01T00:00:00Z');

describeOnEachDatabase('an update with texts that can not be kept', (database) => {
  test('is kept without them, shown so at once, and no change when it comes again', async () => {
    const ledger = await database.open();
    const update = refundUpdate({
      merchantRefundId: REF.merchantRefundId,
      status: 'FAILED',
      providerStatus: 'FAI\0LED',
      reason: 'why\ud800',
      failure: { code: 'F\0', message: '\udc00closed', retryable: false },
      details: {
        provider: 'TIPAY',
        uniqueOrderNo: 'O1',
        realRefundAmount: null,
        cashRefundAmount: null,
        fundingAccounts: null,
        channelReceiverInfo: { 'a\0b': ['c\0', { '\ud800': 'd' }] },
        actionNeeded: false,
      },
    });
    const beside = refundUpdate({ merchantRefundId: merchantRefundId('R2'), status: 'PROCESSING' });
    const context = { via: 'QUERY', at: AT, queriedAt: AT } as const;
    const [told, neighbour] = await observe(ledger, ACCOUNT, [update, beside], context);
    expect(neighbour?.change).toBe('DISCOVERED');
    expect(told?.refund).toMatchObject({
      providerStatus: 'FAILED',
      reason: 'why\ufffd',
      failure: { code: 'F', message: '\ufffdclosed' },
      details: { channelReceiverInfo: { ab: ['c', { '\ufffd': 'd' }] } },
    });
    const [kept] = await findRefunds(ledger.db, [REF]);
    expect(kept).toEqual(told?.refund);
    const later = { ...context, at: new Date(AT.getTime() + 60_000), queriedAt: new Date(AT.getTime() + 60_000) };
    expect(await observe(ledger, ACCOUNT, [update], later)).toMatchObject([{ change: 'NONE' }]);
  });

  test('is kept so whichever way it comes: as the answer to a create, and as a callback', async () => {
    const tipay = scriptedProvider('TIPAY');
    const here = await settlingOver(await database.open(), [tipay]);
    tipay.answering = (told) => ({ ...told, providerStatus: 'PROCES\0SING' });
    const refund = await here.make(tipay, {});
    expect(refund.providerStatus).toBe('PROCESSING');
    expect(await here.find(refund)).toMatchObject({ providerStatus: 'PROCESSING' });
    executed(tipay, refund).status = 'SUCCEEDED';
    const told = tipay.tell(refund.merchantRefundId);
    expect(await callBack(here, tipay, { ...told, providerStatus: 'SUC\0CESS' })).toMatchObject({ kind: 'applied' });
    expect(await here.find(refund)).toMatchObject({ status: 'SUCCEEDED', providerStatus: 'SUCCESS' });
    await here.close();
  });
});
