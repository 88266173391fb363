import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROVIDERS } from '../../src/sandbox/model.ts';
import { SIMULATED } from '../../src/sandbox/providers.ts';
import { newFolder } from './support/folder.ts';
import { freePorts, run } from './support/program.ts';

describe('npm run sandbox', () => {
  test('says where everything is, keeps its keys over a restart, and stops at SIGTERM', async () => {
    const [folder, port] = [await newFolder(), await freePorts()];
    const file = join(folder, 'sandbox', 'refunds.json');
    const first = await run(folder, String(port));
    expect(first.said()).toContain(`http://127.0.0.1:${port + PROVIDERS.length}`);
    expect(first.said()).toContain(
      `DATA_DIR=${join(folder, 'sandbox', 'server')} REFUNDS_CONFIG=${file} AUTH=none npm start`,
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const config = await readFile(file, 'utf8');
    const accounts = PROVIDERS.map((provider) => ({ provider, key: SIMULATED[provider].accountKey }));
    expect(JSON.parse(config)).toMatchObject({ accounts });
    first.child.kill('SIGTERM');
    expect(await first.ended).toEqual([0, null]);
    const second = await run(folder, String(port));
    expect(await readFile(file, 'utf8')).toBe(config);
    second.child.kill('SIGINT');
    expect(await second.ended).toEqual([0, null]);
  });

  test('says in one line why it does not start', async () => {
    const { said, ended } = await run(await newFolder(), 'http');
    expect(await ended).toEqual([1, null]);
    const last = 65_535 - PROVIDERS.length;
    expect(said()).toBe(`The sandbox did not start: SANDBOX_PORT: expected a port from 1 to ${last}, got http\n`);
  });
});
