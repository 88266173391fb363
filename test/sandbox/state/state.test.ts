import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../../src/sandbox/state/store.ts';
import { readState } from '../../../src/sandbox/state/state.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { newFolder } from '../support/folder.ts';
import { code, control, sandboxFor, shoutu, shoutuPage } from '../support/merchant.ts';

let folder = '';
beforeEach(async () => {
  folder = await newFolder();
});

const everything = async (sandbox: Sandbox) =>
  shoutuPage.parse(await shoutu(sandbox, 'querylist', { queryPage: { page: 1, size: 100 } })).data;
const create = (sandbox: Sandbox, mchRefundNo: string): Promise<unknown> =>
  shoutu(sandbox, 'refundOrder', {
    channelPayOrderNo: 'PAY-DEMO-1',
    mchRefundNo,
    refundMode: 'ENTIRE_REFUND',
    refundAmount: '100',
  });

describe('A sandbox with a state file', () => {
  test('meets the same refunds, payments and keys after a restart, whatever the date', async () => {
    const stateFile = join(folder, 'deep', 'state.json');
    const first = await sandboxFor({ stateFile });
    await create(first, 'R1');
    const before = await everything(first);
    await first.close();
    const second = await sandboxFor({ stateFile, seed: 99, refundsPerProvider: 3 });
    expect(await everything(second)).toEqual(before);
    expect(second.examples).toEqual(first.examples);
    const keys = (sandbox: Sandbox) => sandbox.config.accounts.map(({ baseUrl: _baseUrl, ...rest }) => rest);
    expect(keys(second)).toEqual(keys(first));
    expect(code(await create(second, 'R1'))).toBe('9999');
    expect(await control(second, '/executed')).toMatchObject({ SHOUTU: { R1: { accepted: 1 } } });
  });

  test('has a refund on disk before it says yes, for each of fifty at once', async () => {
    const stateFile = join(folder, 'state.json');
    const sandbox = await sandboxFor({ stateFile });
    const kept = await Promise.all(
      Array.from({ length: 50 }, async (_each, nth) => {
        await create(sandbox, `R${nth}`);
        return (await readFile(stateFile, 'utf8')).includes(`"merchantRefundId":"R${nth}"`);
      }),
    );
    expect(kept).toEqual(Array(50).fill(true));
  });

  test('carries the lives on where they would be by now', async () => {
    const stateFile = join(folder, 'state.json');
    const life = { processingAfterMs: 1500, doneAfterMs: 4000 };
    const now = Date.now();
    const first = await sandboxFor({ stateFile, life, clock: () => new Date(now) });
    await create(first, 'R1');
    await first.close();
    const second = await sandboxFor({ stateFile, life, clock: () => new Date(now + 4000) });
    const done = (await everything(second)).records.find(({ mchRefundNo }) => mchRefundNo === 'R1');
    expect(done).toMatchObject({ refundState: '2' });
  });

  test('can be read by its owner only, and leaves no drafts about', async () => {
    const sandbox = await sandboxFor({ stateFile: join(folder, 'state.json') });
    await create(sandbox, 'R1');
    await sandbox.close();
    expect(await readdir(folder)).toEqual(['state.json']);
    expect((await stat(join(folder, 'state.json'))).mode & 0o777).toBe(0o600);
  });

  test.each(['', '{', '{"version":2}', '[]'])('does not start over a file that is no state: %j', async (text) => {
    const stateFile = join(folder, 'state.json');
    await writeFile(stateFile, text);
    await expect(sandboxFor({ stateFile })).rejects.toThrow(/is not a state of the sandbox/);
    expect(await readFile(stateFile, 'utf8')).toBe(text);
  });
});

describe('The store', () => {
  test('keeps the newest text whatever the order of the writes, and shares writes', async () => {
    const file = join(folder, 'x.json');
    let count = 0;
    let printed = 0;
    const store = openStore(
      file,
      () => ((printed += 1), String(count)),
      () => {},
    );
    const waits = Array.from({ length: 100 }, async () => {
      count += 1;
      const mine = count;
      await store.saved();
      expect(Number(await readFile(file, 'utf8'))).toBeGreaterThanOrEqual(mine);
    });
    await Promise.all(waits);
    expect(await readFile(file, 'utf8')).toBe('100');
    expect(printed).toBeLessThan(10);
  });

  test('says no when it can not write, and writes again when it can', async () => {
    const file = join(folder, 'x.json');
    await writeFile(join(folder, 'blocked'), '');
    const blocked = openStore(
      join(folder, 'blocked', 'x.json'),
      () => 'a',
      () => {},
    );
    await expect(blocked.saved()).rejects.toThrow(/ENOTDIR|EEXIST/);
    const store = openStore(
      file,
      () => 'b',
      () => {},
    );
    store.touch();
    await store.close();
    expect(await readFile(file, 'utf8')).toBe('b');
  });

  test('has no state before there is a file', async () => {
    expect(await readState(join(folder, 'none.json'))).toBeNull();
  });
});
