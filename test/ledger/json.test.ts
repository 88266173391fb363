/** Promise: what earlier versions wrote into the ledger is read by this one. */
import { expect, test } from 'vitest';
import { readDetails } from '../../src/ledger/json.ts';

test("details of TiPay's refunds from before SUSPEND was told apart need nobody's action", () => {
  const old = {
    provider: 'TIPAY',
    uniqueOrderNo: 'Q1',
    realRefundAmount: null,
    cashRefundAmount: null,
    fundingAccounts: [],
    channelReceiverInfo: null,
  };
  expect(readDetails(old)).toStrictEqual({ ...old, actionNeeded: false });
  expect(readDetails({ ...old, actionNeeded: true })).toMatchObject({ actionNeeded: true });
});
