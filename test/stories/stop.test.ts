/** Promise: a server that is stopped says so in its log, when it begins and when it is done. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prepareDataDir } from '../support/database.ts';
import { startInstance } from '../support/instance.ts';

test('a graceful stop', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await prepareDataDir(folder);
  const instance = await startInstance({ DATA_DIR: folder, LOG_LEVEL: 'info' });
  // An answer comes from a process that listens to signals, too.
  expect((await fetch(`${instance.url}/health/ready`)).status).toBe(200);
  expect(instance.said()).not.toContain('"stopping"');
  await instance.stop();
  // What it wrote last may be read after its end.
  await expect.poll(instance.said).toMatch(/"msg":"stopping"[^]*"msg":"stopped"/);
});
