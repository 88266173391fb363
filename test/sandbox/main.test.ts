import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newFolder } from './support/folder.ts';

let folder = '';
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Four free ports in a row, found by trying. */
async function freePorts(): Promise<number> {
  for (let first = 20_000 + (process.pid % 20_000); ; first += 4) {
    const servers = [0, 1, 2, 3].map((nth) => createServer().listen(first + nth, '127.0.0.1'));
    const free = await Promise.all(
      servers.map(async (server) => {
        const [outcome] = await Promise.race([
          once(server, 'listening').then(() => [true]),
          new Promise<[false]>((resolve) => server.once('error', () => resolve([false]))),
        ]).catch(() => [false]);
        return outcome;
      }),
    );
    for (const server of servers) server.close();
    if (free.every(Boolean)) return first;
  }
}

/** Runs the program until it says how to use it, or ends. */
async function run(port: string): Promise<{ child: ChildProcess; said: () => string; ended: Promise<unknown> }> {
  const environment = { ...process.env, DATA_DIR: folder, SANDBOX_PORT: port };
  const child = spawn(process.execPath, ['src/sandbox/main.ts'], { env: environment });
  started.push(child);
  let text = '';
  const ended = once(child, 'exit');
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('npm start')) resolve();
      });
    }
  });
  await Promise.race([ready, ended]);
  return { child, said: () => text, ended };
}

describe('npm run sandbox', () => {
  test('says where everything is, keeps its keys over a restart, and stops at SIGTERM', async () => {
    const port = await freePorts();
    const file = join(folder, 'sandbox', 'refunds.json');
    const first = await run(String(port));
    expect(first.said()).toContain(`http://127.0.0.1:${port + 3}`);
    expect(first.said()).toContain(`REFUNDS_CONFIG=${file} AUTH=none npm start`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const config = await readFile(file, 'utf8');
    expect(JSON.parse(config)).toMatchObject({ accounts: [{ key: 'library' }, { key: 'blue' }, { key: 'chain' }] });
    first.child.kill('SIGTERM');
    expect(await first.ended).toEqual([0, null]);
    const second = await run(String(port));
    expect(await readFile(file, 'utf8')).toBe(config);
    second.child.kill('SIGINT');
    expect(await second.ended).toEqual([0, null]);
  });

  test('says in one line why it does not start', async () => {
    const { said, ended } = await run('http');
    expect(await ended).toEqual([1, null]);
    expect(said()).toBe('The sandbox did not start: SANDBOX_PORT: expected a port from 1 to 65532, got http\n');
  });
});
