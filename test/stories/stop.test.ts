/**
 * Promise: a server can be stopped as soon as it is ready. Its log has a line at the begin and at the end of
 * the stop. Every signal does what docs/operations.md says, also through npm.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prepareDataDir } from '../support/database.ts';
import { startInstance } from '../support/instance.ts';
import { until } from '../support/until.ts';

async function start(variables: Readonly<Record<string, string>>, ...command: [string, ...string[]] | []) {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await prepareDataDir(folder);
  const [program, ...options] = command;
  const run = program === undefined ? undefined : ([program, ...options] as const);
  return startInstance({ DATA_DIR: folder, LOG_LEVEL: 'info', ...variables }, run && [...run]);
}

const statusOf = (url: string): Promise<number | null> =>
  fetch(url).then(
    ({ status }) => status,
    () => null,
  );

test('a graceful stop, through npm: it drains, then the port is closed', { timeout: 60_000 }, async () => {
  const instance = await start({ DRAIN_SECONDS: '4' }, 'npm', 'start');
  expect(instance.said()).not.toContain('"stopping"');
  const ready = `${instance.url}/health/ready`;
  expect(await statusOf(ready)).toBe(200);
  const ended = instance.stop('SIGTERM');
  await until(async () => (await statusOf(ready)) !== 200);
  expect(await statusOf(ready)).toBe(503);
  await ended;
  // npm itself does not wait for the server.
  await until(async () => (await statusOf(ready)) === null);
  await expect.poll(instance.said).toMatch(/"msg":"stopping"[^]*"msg":"stopped"/);
});

test('a terminal that closes stops it; signals without a meaning do nothing', { timeout: 60_000 }, async () => {
  const instance = await start({});
  instance.signal('SIGUSR1');
  instance.signal('SIGUSR2');
  await until(() => instance.said().includes('SIGUSR1 is ignored') && instance.said().includes('SIGUSR2 is ignored'));
  expect(await statusOf(`${instance.url}/health/live`)).toBe(200);
  expect(await instance.stop('SIGHUP')).toBe(0);
  await expect.poll(instance.said).toMatch(/"msg":"stopping"[^]*"msg":"stopped"/);
  expect(instance.said()).not.toContain('Debugger');
});

test('a second signal ends the drain', { timeout: 60_000 }, async () => {
  const instance = await start({ DRAIN_SECONDS: '300' });
  instance.signal('SIGTERM');
  await until(() => instance.said().includes('"stopping"'));
  expect(await instance.stop('SIGTERM')).toBe(0);
});
