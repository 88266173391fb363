/** Promise: a create and a callback need few messages to the database, and no change makes them more. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { PROVIDERS } from '../../src/refunds/refund.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { scriptedProvider } from '../support/scripted-provider.ts';
import { settlingOver } from '../support/settling.ts';
import { callBack } from '../support/side-door.ts';
import { refundUpdate } from '../support/refund-update.ts';

/** Ours begin in small letters; those of pg-boss' own loops, which go on meanwhile, in capitals. */
const isOurs = (message: string): boolean => /^[a-z]/.test(message);

/** A statement that is prepared comes with its name. */
function textOf(asked: unknown): string {
  if (typeof asked === 'string') return asked;
  return typeof asked === 'object' && asked !== null && 'text' in asked ? String(asked.text) : '';
}

/** What is sent to the database meanwhile: each is waited for before the next. */
async function messagesOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const queries = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return queries.mock.calls.map(([asked]) => textOf(asked).trim().replaceAll(/\s+/g, ' ')).filter(isOurs);
  } finally {
    queries.mockRestore();
  }
}

describeOnEachDatabase('the database', (database) => {
  test.each(PROVIDERS)('hears of a create at %s in eight messages, its answer included', async (provider) => {
    const at = scriptedProvider(provider);
    const here = await settlingOver(await database.open(), [at]);
    const messages = await messagesOf(() => here.make(at, {}));
    expect(messages.map((message) => message.split(' ')[0])).toEqual(
      'select begin; with commit begin; select with commit'.split(' '),
    );
    await here.close();
  });

  test('hears of a callback in five messages', async () => {
    const tipay = scriptedProvider('TIPAY');
    const here = await settlingOver(await database.open(), [tipay]);
    const { merchantRefundId, amount } = await here.make(tipay, {});
    const update = refundUpdate({ merchantRefundId, merchantPaymentId: null, amount, status: 'SUCCEEDED' });
    const messages = await messagesOf(() => callBack(here, tipay, { ...update, raw: '{"status":"SUCCEEDED"}' }));
    expect(messages.map((message) => message.split(' ')[0])).toEqual('select begin; select with commit'.split(' '));
    expect(await here.find({ account: tipay.account.key, merchantRefundId })).toMatchObject({ status: 'SUCCEEDED' });
    await here.close();
  });
});
