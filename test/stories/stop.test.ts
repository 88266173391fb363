/**
 * Promise: a server can be stopped as soon as it is ready. Its log has a line at the begin and at the end of
 * the stop.
 */
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
  expect(instance.said()).not.toContain('"stopping"');
  expect(await instance.stop()).toBe(0);
  // What it wrote last may be read after its end.
  await expect.poll(instance.said).toMatch(/"msg":"stopping"[^]*"msg":"stopped"/);
});
