/**
 * Promise: what the settings of the door say is so in a whole server: where the figures are, and whom an
 * account that has left the configuration is shown to.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import { parseConfiguration } from '../../src/config/accounts.ts';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { prepareDataDir } from '../support/database.ts';

const SECRET = 'a secret of more than 32 characters';

async function newFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await prepareDataDir(folder);
  return folder;
}

async function start(folder: string, accounts: readonly object[], variables: Record<string, string>) {
  const reading = parseConfiguration({ accounts, mirror: { enabled: false } }, {});
  const given = { PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: folder, REFUNDS_CONFIG: 'handed over', ...variables };
  const environment = readEnvironment(given);
  if ('problems' in environment || reading.kind === 'wrong') throw new Error(JSON.stringify([environment, reading]));
  return startApp({ environment: environment.value, ...reading });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('the figures are on the public port only where that is asked for', { timeout: 90_000 }, async () => {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const folder = await newFolder();
  const [port, other] = [await freePort(), await freePort()];
  const statuses = async (variables: Record<string, string>) => {
    const app = await start(folder, sandbox.config.accounts, { AUTH: 'jwt', JWT_SECRET: SECRET, ...variables });
    const statusOf = (at: number | string) =>
      fetch(`http://127.0.0.1:${at}/metrics`).then(
        ({ status }) => status,
        () => null,
      );
    const found = [await statusOf(new URL(app.url).port), await statusOf(other)];
    await app.stop(AbortSignal.abort());
    return found;
  };
  expect(await statuses({})).toEqual([200, null]);
  expect(await statuses({ HOST: '0.0.0.0' })).toEqual([404, null]);
  expect(await statuses({ HOST: '0.0.0.0', METRICS_PORT: String(other) })).toEqual([404, 200]);
  expect(await statuses({ HOST: '0.0.0.0', PORT: String(port), METRICS_PORT: String(port) })).toEqual([200, null]);
});

test(
  'an account that has left the configuration exists for those alone who may end its refunds',
  { timeout: 60_000 },
  async () => {
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    const folder = await newFolder();
    const signed = (scope: string) =>
      new SignJWT({ scope, accounts: '*' })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('9m')
        .sign(Buffer.from(SECRET));
    const reader = await signed('refunds:read refunds:raw');
    const operator = await signed('refunds:read refunds:operate');
    const ask = async (url: string, token: string, asked: string) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: asked }),
      });
      return response.json();
    };
    const auth = { AUTH: 'jwt', JWT_SECRET: SECRET };
    const first = await start(folder, sandbox.config.accounts, auth);
    const listed = await ask(
      first.url,
      reader,
      '{ refunds(first: 1, filter: { accounts: ["library"] }) { nodes { id } } }',
    );
    const { id } = listed.data.refunds.nodes[0];
    await first.stop();

    const left = sandbox.config.accounts.filter(({ key }) => key !== 'library');
    const second = await start(folder, left, auth);
    onTestFinished(() => second.stop());
    const byId = `{ node(id: "${id}") { id } refund(by: { id: "${id}" }, read: LEDGER) { account { key } }
    refundEvents(first: 9) { nodes { refund { account { key } } } } }`;
    const nothing = { node: null, refund: null };
    expect(await ask(second.url, reader, byId)).toMatchObject({ data: nothing });
    expect(JSON.stringify(await ask(second.url, reader, byId))).not.toContain('library');
    expect(await ask(second.url, operator, byId)).toMatchObject({
      data: { node: { id }, refund: { account: { key: 'library' } } },
    });
  },
);

test('http to a provider on another machine, and a manifest that can not be read, stop the start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const file = join(folder, 'refunds.json');
  const accounts = sandbox.config.accounts.map((one) =>
    one.key === 'blue' ? { ...one, baseUrl: 'http://pay.example' } : one,
  );
  writeFileSync(file, JSON.stringify({ accounts }));
  const given = { REFUNDS_CONFIG: file, AUTH: 'none', TRUSTED_DOCUMENTS: join(folder, 'none.json') };
  expect(() => loadConfiguration(given)).toThrow(
    /2 wrong setting[^]*accounts\[1\] \(blue\)\.baseUrl: expected https[^]*TRUSTED_DOCUMENTS: .*ENOENT/,
  );
  writeFileSync(join(folder, 'none.json'), '{"a":"{ accounts { key } }"}');
  expect([...(loadConfiguration({ ...given, ALLOW_HTTP: 'yes' }).trustedDocuments ?? [])]).toHaveLength(1);
});
