/**
 * Promise: whoever signs in comes back to the view that was asked for, a token that expires costs neither the
 * screen nor an event, and whoever leaves is out. Skipped where there is no Chromium.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../bench/chaos/servers.ts';
import { startAuthority, type Authority } from '../support/authority.ts';
import { complaintsOf, hasBrowser, openBrowser, withoutBrowser } from '../support/browser.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { until } from '../support/until.ts';

const PATIENCE_MS = 90_000;

const START_MS = 240_000;
const CLIENT = 'refund-desk';
const AUDIENCE = 'refund-graph';
/** Of a token, in seconds; the server takes it for some seconds more. */
const LIFETIME = 3;

describe.skipIf(!hasBrowser)(`signing in at the desk${withoutBrowser}`, { timeout: PATIENCE_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-login-'));
  let authority: Authority;
  let server: Instance;
  let browser: Browser;

  const opened = new AsyncDisposableStack();

  beforeAll(async () => {
    opened.defer(() => rmSync(folder, { recursive: true, force: true }));
    authority = await startAuthority({ clientId: CLIENT, audience: AUDIENCE, lifetime: LIFETIME });
    opened.defer(() => authority.close());
    const [port = 0] = await freePorts(1);
    server = await startInstance({
      PORT: String(port),
      DATA_DIR: folder,
      SANDBOX: 'yes',
      AUTH: 'jwt',
      JWT_JWKS_URL: `${authority.url}/keys`,
      JWT_ISSUER: authority.url,
      JWT_AUDIENCE: AUDIENCE,
      DESK_AUTHORITY: authority.url,
      DESK_CLIENT_ID: CLIENT,
    });
    opened.defer(async () => void (await server.stop()));
    browser = await openBrowser();
    opened.defer(() => browser.close());
  }, START_MS);
  afterAll(() => opened.disposeAsync(), START_MS);

  it('leads back to the view, goes on over tokens that expire, and ends', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const complaints = complaintsOf(page, new URL(server.url).host);
    let sockets = 0;
    page.on('websocket', () => (sockets += 1));
    await page.goto(`${server.url}/desk/refunds?accounts=chain`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('tr.row').first().waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/desk/refunds?accounts=chain');

    // The first token is over when the socket that came with it has been closed, and another one stands.
    await until(() => sockets > 1 && authority.given() > 2, PATIENCE_MS);
    await page.getByRole('link', { name: 'New refund' }).click();
    await page.getByRole('combobox', { name: 'Account' }).selectOption('chain');
    await page.getByLabel('Our payment id').fill('ORDERDEMO1');
    await page.getByLabel('Amount (CNY)').fill('2.50');
    await page.getByRole('button', { name: 'Next: check' }).click();
    await page.getByRole('button', { name: /^Refund 2\.50/ }).click();
    await page.getByText('The money went back').waitFor();
    expect(complaints.filter((text) => !text.includes(authority.url))).toEqual([]);

    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await context.close();
  });
});
