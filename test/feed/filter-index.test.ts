/** Promise: a filter by an id reads the events of its refunds, never the whole log. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { matching } from '../../src/feed/filter.ts';
import { NO_CONDITIONS } from '../../src/refunds/filter.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { write } from './writing.ts';

const IDS = {
  merchantRefundId: merchantRefundId('nobody'),
  providerRefundId: 'nobody',
  merchantPaymentId: 'nobody',
  providerPaymentId: 'nobody',
};

describeOnEachDatabase('the filter of the feed', (database) => {
  it.each(Object.entries(IDS))('goes by the index of %s', async (name, id) => {
    const ledger = await database.open();
    await write(ledger, { refunds: [0, 1, 2, 3], finished: false, holdMs: 0, undone: false });
    const conditions = { ...NO_CONDITIONS, [name]: id };
    const { rows } = await ledger.db.transaction().execute(async (tx) => {
      // A small table is read whole whatever the statement: here it may not be.
      await sql`set local enable_seqscan = off`.execute(tx);
      return sql<{ 'QUERY PLAN': string }>`explain select * from refund_events
        where (xid, number) > ('0'::xid8, 0) and ${matching({ accounts: [accountKey('chain')], conditions })}
        order by xid, number limit 100`.execute(tx);
    });
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('refund_events_by_refund');
    expect(plan).not.toContain('refund_events_in_commit_order');
  });
});
