/** Promise: one message names everything that is wrong in the environment, about tokens and in the file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/configuration.ts';

const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a wrong variable, a missing AUTH and a broken file are told together', () => {
  const path = join(folder, 'refunds.json');
  writeFileSync(path, '{');
  const load = () => loadConfiguration({ PORT: '99999', REFUNDS_CONFIG: path });
  expect(load).toThrow(/3 wrong setting.*PORT: .*AUTH: not set.*REFUNDS_CONFIG: expected JSON/s);
  writeFileSync(path, JSON.stringify({ accounts: [{ key: 'library', provider: 'SHOUTU', secret: '${NOPE}' }] }));
  expect(load).toThrow(/PORT: .*AUTH: not set.*accounts\[0\] \(library\)\.secret: .*accounts\[0\] \(library\)\.appId/s);
});
