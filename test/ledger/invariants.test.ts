import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { checkInvariants } from '../../src/ledger/invariants.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { observe } from '../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { refundUpdate } from '../support/refund-update.ts';

const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;

/** Each harms the ledger in one way, behind the back of the program. */
const HARMS: readonly (readonly [name: string, harm: string, offender: string])[] = [
  [
    'every refund has its first event, and only one',
    `delete from refund_events where previous_status is null`,
    'chain R1',
  ],
  [
    "a refund's events form one path: each goes on from the status of the one before",
    `update refund_events set previous_status = 'PENDING' where type = 'STATUS_CHANGED'`,
    'chain R1 event ',
  ],
  [
    'only STATUS_CHANGED changes the status',
    `update refund_events set type = 'DETAILS_CHANGED' where type = 'STATUS_CHANGED'`,
    'chain R1 event ',
  ],
  [
    "the last event's status is the refund's status",
    `update refunds set status = 'CANCELED'`,
    'chain R1 is CANCELED, last event SUCCEEDED',
  ],
  [
    'an event is of the account of its refund, and keeps its amount',
    `update refund_events set snapshot = jsonb_set(snapshot, '{amount,minorUnits}', '"1"')`,
    'chain R1 event ',
  ],
  ['every send of a refund is written down', `update refunds set attempts = 1`, 'chain R1: 0 of 1'],
  ["no SUCCEEDED refund without a provider's word, or a person's", `delete from provider_records`, 'chain R1'],
  [
    "a refund's version is the number of its events, and that of the last one",
    `update refunds set version = 3`,
    'chain R1: version 3 of 2',
  ],
  ['refunds of a payment never exceed it', `update payments set amount_minor = 1291`, 'chain payment P1: 1292 of 1291'],
  ['a refund is in the account and the currency of its payment', `update payments set currency = 'USD'`, 'chain R1'],
];

describeOnEachDatabase('the invariants of the ledger', (database) => {
  it('are all tried here', async () => {
    const ledger = await database.open();
    const names = (await checkInvariants(ledger.db)).map(({ name }) => name);
    expect(HARMS.map(([name]) => name)).toEqual(names);
  });

  it.each(HARMS)('%s', async (name, harm, offender) => {
    const ledger = await database.open();
    const told = refundUpdate({
      merchantRefundId: merchantRefundId('R1'),
      paymentAmount: { minorUnits: 1292n, currency: 'CNY' },
    });
    await observe(ledger, ACCOUNT, [told], { via: 'POLL', at: new Date(0) });
    await observe(ledger, ACCOUNT, [refundUpdate({ status: 'SUCCEEDED' })], { via: 'POLL', at: new Date(1) });
    expect((await checkInvariants(ledger.db)).flatMap(({ offenders }) => offenders)).toEqual([]);
    await sql.raw(harm).execute(ledger.db);
    const broken = (await checkInvariants(ledger.db)).find((checked) => checked.name === name);
    expect(broken?.offenders.join('\n')).toContain(offender);
  });
});
