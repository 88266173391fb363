import { expect, it } from 'vitest';
import { findCallback, listCallbacks, type CallbackSearch } from '../../src/ledger/callback-search.ts';
import { digestOfCallback, storeRejected } from '../../src/ledger/callbacks.ts';
import { accountKey } from '../../src/refunds/ids.ts';
import { describeOnEachDatabase } from '../support/database.ts';

const ALL: CallbackSearch = { state: null, account: null, refund: null, since: null, limit: 100 };

describeOnEachDatabase('callbacks', (database) => {
  it('are found by account, state, refund and time, newest first', async () => {
    const ledger = await database.open();
    const keep = (id: number, account: string, minute: number) =>
      storeRejected(ledger.db, accountKey(account), {
        id: `00000000-0000-7000-8000-00000000000${id}`,
        contentType: 'application/json',
        body: Buffer.from(`${id}`),
        headers: {},
        remoteAddress: null,
        receivedAt: new Date(Date.UTC(2026, 10, 23, 12, minute)),
        reason: 'no',
      });
    await keep(1, 'blue', 5);
    await keep(2, 'chain', 3);
    await keep(3, 'blue', 1);
    await keep(4, 'blue', 1);
    await ledger.pool.query(`update callbacks set state = 'APPLIED', merchant_refund_id = 'R' || right(id::text, 1)
      where account_key = 'blue' and id::text not like '%4'`);
    const found = async (search: Partial<CallbackSearch>) =>
      (await listCallbacks(ledger.db, { ...ALL, ...search })).map(({ id }) => id.slice(-1)).join('');
    expect(await found({})).toBe('1243');
    expect(await found({ limit: 2 })).toBe('12');
    expect(await found({ account: 'blue' })).toBe('143');
    expect(await found({ state: 'REJECTED' })).toBe('24');
    expect(await found({ state: 'APPLIED', refund: 'R3' })).toBe('3');
    expect(await found({ since: new Date(Date.UTC(2026, 10, 23, 12, 3)) })).toBe('12');
    expect(await found({ account: 'nobody' })).toBe('');
    expect(await found({ refund: 'nul\0 and half \ud800' })).toBe('');
  });

  it.each(['', 'x', "'; drop table callbacks", '\0', '00000000-0000-7000-8000-000000000001'])(
    'of the id %j there is none',
    async (id) => {
      const ledger = await database.open();
      expect(await findCallback(ledger.db, id)).toBeNull();
    },
  );
});

it('are told apart by media type and body together', () => {
  const digest = (contentType: string, body: string) => digestOfCallback({ contentType, body: Buffer.from(body) });
  const all = [digest('a', 'b'), digest('ab', ''), digest('', 'ab'), digest('a', 'c'), digest('b', 'b')];
  expect(new Set(all).size).toBe(all.length);
  expect(digest('application/json', 'b')).toBe(digest('Application/JSON ; charset=utf-8', 'b'));
});
