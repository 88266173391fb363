/**
 * Promise: an account that leaves the configuration keeps its name, and has no part in what the others do.
 */
import { expect, it } from 'vitest';
import { rememberAccounts } from '../../src/ledger/accounts.ts';
import { formerAccount } from '../../src/providers/former-account.ts';
import { accountKey } from '../../src/refunds/ids.ts';
import { describeOnEachDatabase } from '../support/database.ts';

const kept = (key: string, displayName: string) =>
  ({ key: accountKey(key), provider: 'TIPAY', displayName, currency: 'CNY', timeZone: 'Asia/Shanghai' }) as const;

describeOnEachDatabase('accounts of every start so far', (database) => {
  it('are those of the configuration and those that have left it, by their last name', async () => {
    const { db } = await database.open();
    const keys = async (...configured: ReturnType<typeof kept>[]) => {
      const former = await rememberAccounts(db, configured);
      return former.filter(({ key }) => key.startsWith('left-'));
    };
    expect(await keys(kept('left-1', 'One'), kept('left-2', 'Two'))).toEqual([]);
    expect(await keys(kept('left-1', 'Uno'))).toEqual([kept('left-2', 'Two')]);
    const [one, two] = (await keys()).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect([one, two]).toEqual([kept('left-1', 'Uno'), kept('left-2', 'Two')]);
    if (one === undefined) throw new Error('it is not there');
    const former = formerAccount(one);
    expect(former.health().status).not.toBe('HEALTHY');
    const nothing = {
      merchantRefundId: null,
      providerRefundId: null,
      merchantPaymentId: null,
      providerPaymentId: null,
    };
    expect(former.query(nothing)).toBeNull();
  });
});
