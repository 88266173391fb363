/** Promise: each rule of the house, broken once, is caught, and a tree that breaks none is let through. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { floorBreaches } from '../../scripts/floors.ts';
import { readSource } from '../../scripts/source.ts';

type Tree = Readonly<Record<string, string>>;

/** A small house in order: every room, and everything that only some rooms may do, done by one that may. */
const SOUND: Tree = {
  'main.ts': `import { app } from './app.ts'; import './config/read.ts'; import './commands/doctor.ts'; app(new Date());`,
  'commands/doctor.ts': `import '../config/read.ts'; import '../ledger/database.ts'; export const at = new Date();`,
  'app.ts': `import './http/server.ts'; import './jobs/settle.ts'; import './config/read.ts'; import './sandbox/sandbox.ts';
    export const app = (at: Date): unknown => [at, Date.now(), Math.random(), crypto.randomUUID()];`,
  'config/read.ts': `import '../providers/index.ts'; import '../providers/shoutu/settings.ts'; export const port = process.env['PORT'];`,
  'http/server.ts': `import '../graphql/schema.ts'; import '../callbacks/route.ts';`,
  'graphql/schema.ts': `import '../services/create.ts'; import '../feed/page.ts'; import type { Refund } from '../refunds/refund.ts'; export type { Refund };`,
  'callbacks/route.ts': `import '../services/create.ts';`,
  'jobs/settle.ts': `import '../services/create.ts';`,
  'services/create.ts': `import '../providers/provider.ts'; import '../ledger/database.ts';`,
  'feed/page.ts': `import '../ledger/database.ts';`,
  'providers/index.ts': `import './shoutu/settings.ts'; import './bluepay/map.ts';`,
  'providers/provider.ts': `import '../refunds/refund.ts';`,
  'providers/http/transport.ts': `import '../wire/json.ts';`,
  'providers/wire/json.ts': `import 'node:crypto';`,
  'providers/shoutu/settings.ts': `import '../provider.ts'; import '../http/transport.ts'; import 'zod';`,
  'providers/bluepay/map.ts': `import '../provider.ts'; export const day = (at: number): Date => new Date(at);`,
  'ledger/database.ts': `import '../refunds/refund.ts'; // never Date.now()`,
  'paging/window.ts': `import '../flow/clock.ts';`,
  'flow/clock.ts': `import 'node:timers/promises';`,
  'refunds/refund.ts': `export type Refund = { readonly note: 'Math.random()' };`,
  'sandbox/main.ts': `import './sandbox.ts'; export const port = process.env['SANDBOX_PORT']; export const seed = Math.random();`,
  'sandbox/sandbox.ts': `import './shoutu/routes.ts'; export const now = (): Date => new Date();`,
  'sandbox/shoutu/routes.ts': `import 'node:http';`,
};

const BREACHES: readonly { rule: string; tree: Tree; says: string }[] = [
  {
    rule: 'no import from a floor above',
    tree: { 'services/up.ts': `import '../graphql/schema.ts';` },
    says: 'src/services/up.ts:1 services imports graphql from a floor above (graphql/schema.ts)',
  },
  {
    rule: 'no import from a floor above, by type only',
    tree: { 'refunds/up.ts': `\nimport type { Database } from '../ledger/database.ts';` },
    says: 'src/refunds/up.ts:2 refunds may import only its own files',
  },
  {
    rule: 'no import from a floor above, by export',
    tree: { 'ledger/up.ts': `export * from '../services/create.ts';` },
    says: 'ledger imports services from a floor above',
  },
  {
    rule: 'no import from a floor above, by named export',
    tree: { 'ledger/up.ts': `export { create } from '../services/create.ts';` },
    says: 'ledger imports services from a floor above',
  },
  {
    rule: 'no import from a floor above, while running',
    tree: { 'ledger/up.ts': `export const late = () => import('../services/create.ts');` },
    says: 'ledger imports services from a floor above',
  },
  {
    rule: 'no import from a floor above, inside a type',
    tree: { 'ledger/up.ts': `export type Late = import('../services/create.ts').Create;` },
    says: 'ledger imports services from a floor above',
  },
  {
    rule: 'no import from a room beside',
    tree: { 'ledger/beside.ts': `import '../providers/provider.ts';` },
    says: 'ledger imports providers beside it',
  },
  ...[
    ['refunds', 'paging'],
    ['refunds', 'flow'],
    ['paging', 'refunds'],
    ['flow', 'paging'],
    ['flow', 'refunds'],
  ].map(([from = '', to = '']) => ({
    rule: `the ground rooms do not know each other, but for paging and flow: ${from}, ${to}`,
    tree: { [`${from}/other.ts`]: `import '../${to}/it.ts';`, [`${to}/it.ts`]: '' },
    says: `src/${from}/other.ts:1 ${from} `,
  })),
  {
    rule: 'services do not know the feed',
    tree: { 'services/beside.ts': `import '../feed/page.ts';` },
    says: 'services imports feed beside it',
  },
  {
    rule: 'app does not import a process',
    tree: { 'app.ts': `import './main.ts';` },
    says: 'app imports the processes from a floor above',
  },
  {
    rule: 'a command is nobody’s library',
    tree: { 'app.ts': `import './commands/doctor.ts';` },
    says: 'commands may be imported only by the processes',
  },
  {
    rule: 'no circle of rooms',
    tree: {
      'refunds/a.ts': `import '../ledger/b.ts';`,
      'ledger/b.ts': ``,
      'ledger/c.ts': `import '../refunds/d.ts';`,
      'refunds/d.ts': ``,
    },
    says: 'circle of rooms: ',
  },
  {
    rule: 'no circle of files, inside one room, by type only',
    tree: {
      'refunds/a.ts': `import type { B } from './b.ts';`,
      'refunds/b.ts': `import './c.ts';`,
      'refunds/c.ts': `import './a.ts';`,
    },
    says: 'circle of files: refunds/a.ts → refunds/b.ts → refunds/c.ts → refunds/a.ts',
  },
  {
    rule: 'configuration is handed down, never fetched',
    tree: { 'http/setting.ts': `import '../config/read.ts';` },
    says: 'config may be imported only by app and the processes',
  },
  {
    rule: 'config knows only the settings of the wings',
    tree: { 'config/down.ts': `import '../ledger/database.ts';` },
    says: 'config may import only providers, refunds',
  },
  {
    rule: 'the sandbox imports nothing of ours',
    tree: { 'sandbox/ours.ts': `import '../refunds/refund.ts';` },
    says: 'sandbox may import only its own files',
  },
  {
    rule: 'the sandbox is nobody’s library',
    tree: { 'http/fake.ts': `import '../sandbox/sandbox.ts';` },
    says: 'sandbox may be imported only by app and the processes',
  },
  {
    rule: 'a wing imports no other wing',
    tree: { 'providers/bluepay/borrow.ts': `import '../shoutu/settings.ts';` },
    says: 'reaches into a wing',
  },
  {
    rule: 'a wing does not import the list of wings',
    tree: { 'providers/bluepay/list.ts': `import '../index.ts';` },
    says: 'a wing imports the list of wings',
  },
  {
    rule: 'what the wings share knows none of them',
    tree: { 'providers/http/borrow.ts': `import '../shoutu/settings.ts';` },
    says: 'reaches into a wing',
  },
  {
    rule: 'nothing above the wings knows a wire name',
    tree: { 'services/wire.ts': `import '../providers/bluepay/map.ts';` },
    says: 'reaches into a wing',
  },
  {
    rule: 'config takes nothing but settings from a wing',
    tree: { 'config/wire.ts': `import '../providers/bluepay/map.ts';` },
    says: 'reaches into a wing',
  },
  {
    rule: 'the source imports nothing outside it',
    tree: { 'ledger/out.ts': `import '../../test/support/database.ts';` },
    says: 'leads out of src/',
  },
  {
    rule: 'a new room gets a floor',
    tree: { 'utils/text.ts': `` },
    says: 'src/utils/ stands on no floor',
  },
  ...['process.env', `process['env']`].map((read) => ({
    rule: `the environment is config’s: ${read}`,
    tree: { 'main.ts': `export const port = ${read}['PORT'];` },
    says: 'src/main.ts:1 reads process.env',
  })),
  {
    rule: 'the environment is config’s: imported',
    tree: { 'http/port.ts': `import { env } from 'node:process';` },
    says: 'src/http/port.ts:1 reads env of node:process',
  },
  ...[
    ['Date.now()', 'Date.now'],
    ['[Date.now]', 'Date.now'],
    [`Date['now']()`, 'Date.now'],
    ['new Date()', 'new Date()'],
    ['new Date', 'new Date()'],
    ['Date()', 'Date()'],
    ['Math.random()', 'Math.random'],
    ['Temporal.Now.instant()', 'Temporal.Now'],
    ['crypto.randomUUID()', 'crypto.randomUUID'],
  ].map(([code = '', what = '']) => ({
    rule: `the time and chance are handed in: ${code}`,
    tree: { 'services/now.ts': `\nexport const now = () => ${code};` },
    says: `src/services/now.ts:2 takes ${what}`,
  })),
  {
    rule: 'ids are handed in',
    tree: { 'ledger/id.ts': `import { v7 as newId } from 'uuid'; export const id = newId();` },
    says: 'src/ledger/id.ts:1 takes v7 of uuid',
  },
  {
    rule: 'the sandbox takes the time in its two doors only',
    tree: { 'sandbox/shoutu/now.ts': `export const now = () => new Date();` },
    says: 'src/sandbox/shoutu/now.ts:1 takes new Date()',
  },
];

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

function written(tree: Tree): string {
  const root = mkdtempSync(join(tmpdir(), 'floors-'));
  roots.push(root);
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const check = (root: string) =>
  spawnSync(process.execPath, ['scripts/check-floors.ts', root], { encoding: 'utf8', timeout: 15_000 });

describe('the rules of the house', () => {
  test('a house in order is let through', () => {
    expect(floorBreaches(readSource(written(SOUND)))).toEqual([]);
  });

  test.each(BREACHES)('$rule', ({ tree, says }) => {
    const breaches = floorBreaches(readSource(written({ ...SOUND, ...tree })));
    expect(breaches).toContainEqual(expect.stringContaining(says));
    // Nothing else is: a breach is reported at its place (or as the circle, or the unknown room, that it
    // makes).
    const places = breaches.filter((breach) => /^src\/.*\.ts:/.test(breach));
    for (const place of places) expect(Object.keys(tree)).toContain(/^src\/(.*\.ts):/.exec(place)?.[1]);
  });
});

describe('the command', () => {
  test('is silent about a house in order', () => {
    expect(check(written(SOUND))).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('fails and names the place of a breach', () => {
    const result = check(written({ ...SOUND, 'refunds/up.ts': `import '../ledger/database.ts';` }));
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('src/refunds/up.ts:1 refunds may import only its own files');
  });

  test('fails on a file that can’t be parsed, for it was not checked', () => {
    const result = check(written({ 'refunds/torn.ts': 'export const = ;' }));
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('refunds/torn.ts');
  });
});
