/** Promise: what a caller uses is counted, also while the database is told of what came before. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { openBills } from '../../src/ledger/bills.ts';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { UNHEARD } from '../support/unheard.ts';

const LIMITS = { providerCalls: 100, databaseMs: 0, refunds: 0, answerKib: 0 };

/** The ledger behind a way that holds each statement back until it is let through. */
function slowly(ledger: Ledger) {
  const held: (() => void)[] = [];
  const pool = new Proxy(ledger.pool, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'query' || typeof member !== 'function') return member;
      return async (...statement: unknown[]): Promise<unknown> => {
        await new Promise<void>((resolve) => held.push(resolve));
        return Reflect.apply(member, target, statement);
      };
    },
  });
  return { slow: { ...ledger, pool }, held };
}

describeOnEachDatabase('bills', (database) => {
  it('count what comes while the database is slow to hear of the rest', async () => {
    const { slow, held } = slowly(await database.open());
    const bills = openBills(slow, LIMITS, UNHEARD);
    onTestFinished(async () => {
      const closed = bills.close();
      for (const letThrough of held) letThrough();
      await closed;
    });
    bills.charge('busy', { providerCalls: 50 });
    await vi.waitFor(() => expect(held).toHaveLength(1), 5_000);
    bills.charge('busy', { providerCalls: 1 });
    held[0]?.();
    // The next statement is held back: all that is known is what the first one told.
    await vi.waitFor(() => expect(held).toHaveLength(2), 5_000);
    bills.charge('busy', { providerCalls: 48 });
    expect(bills.usedUp('busy')).toBeNull();
    bills.charge('busy', { providerCalls: 2 });
    expect(bills.usedUp('busy')).toMatchObject({ what: 'providerCalls' });
    expect(bills.usedUp('other')).toBeNull();
  });

  it('limit nothing that has no limit', async () => {
    const bills = openBills(await database.open(), LIMITS, UNHEARD);
    onTestFinished(() => bills.close());
    bills.charge('rich', { providerCalls: 99, refunds: 1_000_000, answerKib: 1e12 });
    expect(bills.usedUp('rich')).toBeNull();
  });
});
