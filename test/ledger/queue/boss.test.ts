/** Promise: the job queue reports that the database answers again. */
import type pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openBoss } from '../../../src/ledger/queue/boss.ts';
import { LedgerUnavailableError } from '../../../src/ledger/database/errors.ts';
import { describeOnEachDatabase } from '../../support/database.ts';

describeOnEachDatabase('the job queue', (database) => {
  it('tells once when the database is back', async () => {
    const ledger = await database.open();
    let isAway = false;
    const gone = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    const pool = new Proxy(ledger.pool, {
      get: (target: pg.Pool, name): unknown =>
        name === 'connect' && isAway ? gone : Reflect.get(target, name, target),
    });
    const recovered = vi.fn<() => void>();
    const boss = await openBoss({ ...ledger, pool }, () => undefined, recovered);
    onTestFinished(() => boss.stop({ close: false, graceful: false }));
    await boss.getQueues();
    expect(recovered).not.toHaveBeenCalled();
    isAway = true;
    await expect(boss.getQueues()).rejects.toThrow(LedgerUnavailableError);
    isAway = false;
    await boss.getQueues();
    await boss.getQueues();
    expect(recovered).toHaveBeenCalledTimes(1);
  });
});
