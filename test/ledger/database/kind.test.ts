/** Promise: a ledger is simulated or real from its first start on, and no start mixes the two. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { LedgerUnusableError } from '../../../src/ledger/database/errors.ts';
import { claimLedger, readKind, type LedgerKind } from '../../../src/ledger/database/kind.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';

const claimOf = (kind: LedgerKind, remembered: readonly string[] = []): Parameters<typeof claimLedger>[1] => ({
  kind,
  setting: 'DATA_DIR',
  remembered: () => Promise.resolve(remembered),
});

/** A refund as a provider told it; `CREATED` is one that no provider has told of yet. */
async function keep(ledger: Ledger, account: string, id: string): Promise<void> {
  const at = new Date();
  const of = { key: accountKey(account), provider: 'TIPAY', retryFailed: false } as const;
  await observe(ledger, of, [refundUpdate({ merchantRefundId: merchantRefundId(id) })], { via: 'POLL', at });
  if (id === 'CREATED')
    await sql`update refunds set observed_at = null where merchant_refund_id = ${id}`.execute(ledger.db);
}

describeOnEachDatabase('the kind of a ledger', (database) => {
  it.each(['simulated', 'real'] as const)('is what the first start of an empty one wants: %s', async (kind) => {
    const other = kind === 'real' ? 'simulated' : 'real';
    const ledger = await database.open();
    expect(await readKind(ledger.db)).toBeNull();
    await claimLedger(ledger, claimOf(kind));
    await claimLedger(ledger, claimOf(kind));
    await expect(claimLedger(ledger, claimOf(other))).rejects.toThrow(LedgerUnusableError);
    expect(await readKind(ledger.db)).toBe(kind);
    await keep(ledger, 'chain', 'R1');
    await expect(claimLedger(ledger, claimOf(other, ['chain R1']))).rejects.toThrow(
      kind === 'real'
        ? 'The ledger in DATA_DIR holds real refunds, which the sandbox must not settle: set REFUNDS_CONFIG'
        : 'The ledger in DATA_DIR holds simulated refunds, which must not mix with those of real accounts: give',
    );
  });

  it('is one, when starts of both kinds come at once', async () => {
    const first = await database.open();
    const ledgers = [first, ...(await Promise.all(Array.from({ length: 9 }, () => database.another())))];
    for (let round = 1; round <= 20; round += 1) {
      await sql`delete from ledger_kind`.execute(first.db);
      const kinds = ledgers.map((_, index) => ((index + round) % 2 === 0 ? 'simulated' : 'real'));
      const claims = ledgers.map((ledger, index) => claimLedger(ledger, claimOf(kinds[index] ?? 'real')));
      const outcomes = await Promise.allSettled(claims);
      const kind = await readKind(first.db);
      expect(outcomes.map(({ status }) => status)).toEqual(
        kinds.map((wanted) => (wanted === kind ? 'fulfilled' : 'rejected')),
      );
      expect(kind).not.toBeNull();
    }
  });

  const older = 'of an older version';
  it.each<[string, LedgerKind, readonly (readonly [string, string])[], readonly string[]]>([
    ['with no sandbox beside it', 'real', [['chain', 'R1']], []],
    ['whose refunds the sandbox all remembers', 'simulated', [['chain', 'R1']], ['chain R1', 'blue R2']],
    [
      'with a refund that the sandbox does not remember',
      'real',
      [
        ['chain', 'R1'],
        ['chain', 'R2'],
      ],
      ['chain R1'],
    ],
    ['with the number of a refund of the sandbox at another account', 'real', [['shop', 'R1']], ['chain R1']],
    [
      'with one that the sandbox has not been asked about yet',
      'simulated',
      [
        ['chain', 'R1'],
        ['chain', 'CREATED'],
      ],
      ['chain R1'],
    ],
    [
      'with one that an account unknown to the sandbox has not been asked about yet',
      'real',
      [
        ['chain', 'R1'],
        ['shop', 'CREATED'],
      ],
      ['chain R1'],
    ],
    ['with one refund that nobody has told of', 'real', [['chain', 'CREATED']], ['chain R1']],
  ])(`${older} %s is %s`, async (_, kind, refunds, remembered) => {
    const ledger = await database.open();
    for (const [account, id] of refunds) await keep(ledger, account, id);
    const other = kind === 'real' ? 'simulated' : 'real';
    await expect(claimLedger(ledger, claimOf(other, remembered))).rejects.toThrow(LedgerUnusableError);
    expect(await readKind(ledger.db)).toBeNull();
    await claimLedger(ledger, claimOf(kind, remembered));
    expect(await readKind(ledger.db)).toBe(kind);
  });
});
