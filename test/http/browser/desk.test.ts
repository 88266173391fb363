/**
 * Promise: `/desk` is served as files that browsers keep, may ask no other host, and says so where it is not
 * built.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { openDesk } from '../../../src/http/browser/desk.ts';

const SCRIPT = 'console.log("the desk")';
const LOGIN = { authority: 'https://login.example/realm', clientId: 'desk', scopes: 'openid', resource: null };

/** Serves a folder with these files. */
async function served(files: Readonly<Record<string, string | Buffer>>, login: typeof LOGIN | null = null) {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-desk-'));
  mkdirSync(join(folder, 'assets'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const desk = await openDesk(folder, { auth: login === null ? 'none' : 'jwt', login });
  const server = createServer((request, response) => void desk(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  return (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

const BUILD = {
  'index.html': '<!doctype html><title>Refund desk</title>',
  'assets/index-abc.js': SCRIPT,
  'assets/index-abc.js.gz': gzipSync(SCRIPT),
};

describe('a desk that is built', () => {
  it('has its page at every address of a view, asked for each time', async () => {
    const get = await served(BUILD);
    for (const path of ['/desk', '/desk/', '/desk/refunds/abc?status=FAILED']) {
      const response = await get(path);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(response.headers.get('cache-control')).toBe('no-cache');
      const again = await get(path, { headers: { 'if-none-match': response.headers.get('etag') ?? '' } });
      expect(again.status).toBe(304);
    }
  });

  it('has assets that are kept for ever, packed for whoever takes it so', async () => {
    const get = await served(BUILD);
    const packed = await get('/desk/assets/index-abc.js', { headers: { 'accept-encoding': 'gzip' } });
    const plain = await get('/desk/assets/index-abc.js', { headers: { 'accept-encoding': 'identity' } });
    const refused = await get('/desk/assets/index-abc.js', { headers: { 'accept-encoding': 'gzip;q=0, br' } });
    const encodings = [packed, plain, refused].map(({ headers }) => headers.get('content-encoding'));
    expect(encodings).toEqual(['gzip', null, null]);
    expect([await packed.text(), await plain.text(), await refused.text()]).toEqual([SCRIPT, SCRIPT, SCRIPT]);
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    // An old page asks for a file that is gone: the page in its place would be run as a script.
    expect((await get('/desk/assets/index-old.js')).status).toBe(404);
    expect((await get('/desk/assets/..%2f..%2fpackage.json')).status).toBe(404);
  });

  it('may ask no host but its own, and the authority where there is one', async () => {
    const alone = await (await served(BUILD))('/desk');
    const rules = alone.headers.get('content-security-policy') ?? '';
    expect(rules).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(rules).toContain("frame-ancestors 'none'");
    expect(rules).not.toMatch(/https?:|unsafe/);
    const withLogin = await served(BUILD, LOGIN);
    expect((await withLogin('/desk')).headers.get('content-security-policy')).toContain(
      "connect-src 'self' https://login.example;",
    );
    expect(await (await withLogin('/desk/config.json')).json()).toEqual({ auth: 'jwt', login: LOGIN });
  });

  it('takes nothing', async () => {
    const get = await served(BUILD);
    expect((await get('/desk', { method: 'POST', body: 'x' })).status).toBe(405);
  });
});

it('says in a sentence that it is not built', async () => {
  const response = await (await served({}))('/desk');
  expect([response.status, await response.text()]).toEqual([503, expect.stringMatching(/^The desk is not built\. /)]);
});

describe('its settings', () => {
  const read = (variables: Readonly<Record<string, string>>) => {
    const environment = readEnvironment(variables);
    return 'problems' in environment ? environment.problems.map(({ setting }) => setting) : environment.value.desk;
  };

  it('are on without a login unless they say otherwise', () => {
    expect(read({})).toEqual({ enabled: true, login: null });
    expect(read({ DESK: 'off' })).toEqual({ enabled: false, login: null });
    expect(read({ DESK: 'maybe' })).toEqual(['DESK']);
  });

  it('name authority and client together', () => {
    expect(read({ DESK_AUTHORITY: 'https://login.example' })).toEqual(['DESK_CLIENT_ID']);
    expect(read({ DESK_CLIENT_ID: 'desk' })).toEqual(['DESK_AUTHORITY']);
    const login = { DESK_AUTHORITY: LOGIN.authority, DESK_CLIENT_ID: 'desk', DESK_SCOPES: 'openid' };
    expect(read(login)).toEqual({ enabled: true, login: LOGIN });
  });

  it('have no credentials: a browser is told of them', () => {
    const login = { DESK_AUTHORITY: 'https://login.example', DESK_CLIENT_ID: 'desk' };
    expect(read({ ...login, DESK_AUTHORITY: 'https://me:secret@login.example' })).toEqual(['DESK_AUTHORITY']);
    expect(read({ ...login, DESK_RESOURCE: 'https://me:secret@api.example' })).toEqual(['DESK_RESOURCE']);
    expect(read({ ...login, DESK_RESOURCE: 'urn:example:refunds' })).toMatchObject({ enabled: true });
  });
});
