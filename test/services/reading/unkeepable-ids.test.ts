/** Promise: an id that the database can't keep is nobody's, rather than an error of the database. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { merchantPaymentId, merchantRefundId, providerRefundId } from '../../../src/refunds/ids.ts';
import type { RefundLookup } from '../../../src/refunds/observation.ts';
import { createFinder } from '../../../src/services/reading/find.ts';
import { refreshRefund } from '../../../src/services/reading/refresh.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';

const NOTHING: RefundLookup = {
  merchantRefundId: null,
  providerRefundId: null,
  merchantPaymentId: null,
  providerPaymentId: null,
};

describeOnEachDatabase('an id', (database) => {
  let tipay: Scripted;
  let here: Settling;

  beforeEach(async () => {
    tipay = scriptedProvider('TIPAY');
    here = await settlingOver(await database.open(), [tipay]);
  });
  afterEach(() => here.close());

  test.each([
    ['NUL', 'R\0Z'],
    ['half a surrogate pair', 'R\ud800'],
  ])('with %s is not found by a retry, a refresh or a look-up', async (_name, text) => {
    const id = merchantRefundId(text);
    const { account } = tipay;
    expect(await here.retry({ account }, id)).toEqual({ kind: 'not-found' });
    expect(await refreshRefund(here.parts, account, id, new AbortController().signal)).toEqual({ kind: 'not-found' });
    const lookups: readonly RefundLookup[] = [
      { ...NOTHING, merchantRefundId: id },
      { ...NOTHING, providerRefundId: providerRefundId(text) },
      { ...NOTHING, merchantPaymentId: merchantPaymentId(text) },
    ];
    for (const read of ['LEDGER', 'AUTO', 'PROVIDER'] as const) {
      const requests = lookups.map((lookup) => ({ account: account.key, lookup, read }));
      const none = { kind: 'answered', refunds: [] };
      expect(await createFinder(here.parts).find(requests)).toEqual([none, none, none]);
    }
  });

  test('is not taken for the one that is left of it when the database drops what it can not keep', async () => {
    tipay.script.push('refuse');
    await here.create(tipay, { merchantRefundId: 'R1' });
    expect(await here.retry(tipay, merchantRefundId('R1\0'))).toEqual({ kind: 'not-found' });
    expect(tipay.sent).toHaveLength(1);
  });
});
