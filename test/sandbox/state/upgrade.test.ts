import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ofEach, PROVIDERS } from '../../../src/sandbox/model.ts';
import { rememberedAccounts, rememberedRefunds } from '../../../src/sandbox/state/remembered.ts';
import { newFolder } from '../support/folder.ts';
import { code, control, ofAccount, sandboxFor, shoutu, tiPayCreate } from '../support/merchant.ts';

/** Written by the last version before the list of providers, with two refunds of each of the three. */
const FIXTURE = join(import.meta.dirname, '../../fixtures/sandbox/state-1.json');

const provided = z.looseObject({ provider: z.string() });
const stateFile = z.looseObject({
  keys: z.record(z.string(), z.looseObject({})),
  payments: z.array(provided),
  refunds: z.array(provided),
});
const read = async (path: string) => stateFile.parse(JSON.parse(await readFile(path, 'utf8')));

let file = '';
beforeEach(async () => {
  file = join(await newFolder(), 'state.json');
});
/** Puts a changed copy of the fixture where a sandbox will find it. */
async function keep(change: (state: z.infer<typeof stateFile>) => object): Promise<z.infer<typeof stateFile>> {
  const state = await read(FIXTURE);
  await writeFile(file, JSON.stringify(change(state)));
  return state;
}

describe('A state of an earlier version', () => {
  test('starts with the refunds and the secret that it has', async () => {
    const { keys } = await keep((state) => state);
    const sandbox = await sandboxFor({ stateFile: file });
    expect(ofAccount(sandbox, 'SHOUTU', 'secret')).toBe(keys['shoutu']?.['secret']);
    expect(sandbox.examples.SHOUTU.refunds.map(({ merchantRefundId }) => merchantRefundId)).toEqual([
      'LIB00001',
      'LIB00002',
    ]);
  });

  test('without a provider gets keys, payments and refunds of it, keeps the others, and is written down', async () => {
    const old = await keep(({ keys: { tipay: _tipay, ...keys }, payments, refunds, ...state }) => ({
      ...state,
      keys,
      payments: payments.filter(({ provider }) => provider !== 'TIPAY'),
      refunds: refunds.filter(({ provider }) => provider !== 'TIPAY'),
    }));
    const sandbox = await sandboxFor({ stateFile: file, refundsPerProvider: 5 });
    expect(sandbox.examples.TIPAY.refunds).toHaveLength(5);
    const order = { orderId: 'ORDERDEMO1', refundRequestId: 'R1', refundAmount: '1.00' };
    expect(code(await tiPayCreate(sandbox, order))).toBe(200);
    expect(code(await shoutu(sandbox, 'querylist', { queryPage: {} }))).toBe('0');
    const kept = await read(file);
    expect(kept.keys).toMatchObject({ shoutu: old.keys['shoutu'], bluepay: old.keys['bluepay'] });
    expect(kept.keys['tipay']?.['appKey']).toBe(ofAccount(sandbox, 'TIPAY', 'appKey'));
    const ids = kept.refunds.map((refund) => `${refund.provider} ${String(refund['providerRefundId'])}`);
    // Two each of Shoutu and BluePay are kept; the others get five, and one was made at TiPay.
    expect(new Set(ids).size).toBe(2 + 2 + 5 * (PROVIDERS.length - 2) + 1);
    await sandbox.close();
    const again = await sandboxFor({ stateFile: file });
    expect(ofAccount(again, 'TIPAY', 'appKey')).toBe(kept.keys['tipay']?.['appKey']);
  });

  test('without the keys alone gets new keys, and no refund twice', async () => {
    await keep(({ keys: { bluepay: _bluepay, ...keys }, ...state }) => ({ ...state, keys }));
    const sandbox = await sandboxFor({ stateFile: file });
    expect(sandbox.examples.BLUEPAY.refunds).toHaveLength(2);
    expect(ofAccount(sandbox, 'BLUEPAY', 'privateKey')).toMatch(/^MII/);
  });

  test('with keys that can not be read gets new ones of that provider', async () => {
    const { keys } = await keep((state) => ({ ...state, keys: { ...state.keys, shoutu: { appId: 'Aleph001' } } }));
    const sandbox = await sandboxFor({ stateFile: file });
    expect(ofAccount(sandbox, 'SHOUTU', 'secret')).toMatch(/^[0-9a-f]{64}$/);
    expect(ofAccount(sandbox, 'TIPAY', 'appKey')).toBe(keys['tipay']?.['appKey']);
  });

  test('with what only a later version knows starts, and keeps the keys of the later provider', async () => {
    const demo = { provider: 'DEMO', merchantRefundId: 'D1' };
    await keep((state) => ({
      ...state,
      colour: 'red',
      keys: { ...state.keys, demo: { secret: 's' } },
      refunds: [...state.refunds.map((refund) => ({ ...refund, colour: 'red' })), demo],
    }));
    const sandbox = await sandboxFor({ stateFile: file });
    expect(await control(sandbox, '/executed')).toEqual(ofEach(() => ({})));
    expect((await read(file)).keys['demo']).toEqual({ secret: 's' });
  });

  test('tells its refunds and accounts without a sandbox', async () => {
    const { keys } = await keep(({ keys: { tipay: _tipay, ...kept }, ...state }) => ({ ...state, keys: kept }));
    expect(await rememberedRefunds(file)).toEqual([
      'library LIB00001',
      'library LIB00002',
      'blue BLUE00001',
      'blue BLUE00002',
      'chain CHAIN00001',
      'chain CHAIN00002',
    ]);
    const accounts = await rememberedAccounts(file);
    expect(accounts?.slice(0, 3)).toMatchObject([
      { key: 'library', secret: keys['shoutu']?.['secret'] },
      { key: 'blue', provider: 'BLUEPAY' },
      { key: 'chain', provider: 'TIPAY' },
    ]);
    expect(accounts?.map(({ provider }) => provider)).toEqual(PROVIDERS);
    expect(await rememberedAccounts(join(file, '..', 'none.json'))).toBeNull();
  });
});
