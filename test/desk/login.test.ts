/**
 * Promise: whoever signs in comes back to the view that was asked for, a token that expires costs neither
 * the screen nor an event, a token shows only what it allows, and whoever leaves is out. Skipped where there
 * is no Chromium.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../bench/chaos/servers.ts';
import { startAuthority, type Authority } from '../support/authority.ts';
import { hasBrowser, withoutBrowser } from '../support/browser.ts';
import { PATIENCE_MS, startDesk, type DeskPlace } from '../support/desk.ts';
import { until } from '../support/until.ts';

const CLIENT = 'refund-desk';
const RESOURCE = 'https://refund-graph.example';
const SCOPES = 'refunds:read refunds:write';
/** Of a token, in seconds; the server takes it for some seconds more. */
const LIFETIME = 3;

describe.skipIf(!hasBrowser)(`signing in at the desk${withoutBrowser}`, { timeout: PATIENCE_MS }, () => {
  let authority: Authority;
  let desk: DeskPlace;

  beforeAll(async () => {
    const [port = 0, authorityPort = 0] = await freePorts(2);
    authority = await startAuthority({
      port: authorityPort,
      desk: `http://127.0.0.1:${port}/desk`,
      clientId: CLIENT,
      resource: RESOURCE,
      scopes: SCOPES,
      lifetime: LIFETIME,
    });
    desk = await startDesk({
      variables: {
        PORT: String(port),
        AUTH: 'jwt',
        JWT_JWKS_URL: `${authority.url}/jwks`,
        JWT_ISSUER: authority.url,
        JWT_AUDIENCE: RESOURCE,
        DESK_AUTHORITY: authority.url,
        DESK_CLIENT_ID: CLIENT,
        DESK_SCOPES: `openid ${SCOPES}`,
        DESK_RESOURCE: RESOURCE,
      },
    });
  }, PATIENCE_MS);
  afterAll(async () => {
    await desk.close();
    await authority.close();
  });

  it('leads back to the view, goes on over tokens that expire, and ends', async () => {
    const { page, complaints } = await desk.open('/refunds?accounts=chain');
    let sockets = 0;
    page.on('websocket', () => (sockets += 1));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByPlaceholder('Enter any login').fill('ann');
    await page.getByPlaceholder('and password').fill('anything');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.locator('tr.row').first().waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/desk/refunds?accounts=chain');

    // Nothing that the token does not allow has a button.
    expect(await page.getByRole('link', { name: 'Callbacks' }).count()).toBe(0);

    // The first token is over when the socket that came with it has been closed, and another one stands.
    await until(() => sockets > 1 && authority.given() > 2, PATIENCE_MS);
    await page.getByRole('link', { name: 'New refund' }).click();
    await page.getByRole('combobox', { name: 'Account' }).selectOption('chain');
    await page.getByLabel('Our payment id').fill('ORDERDEMO1');
    await page.getByLabel('Amount (CNY)').fill('2.50');
    // What is written stays over one token more.
    const before = authority.given();
    await until(() => authority.given() > before, PATIENCE_MS);
    await page.getByRole('button', { name: 'Next: check' }).click();
    await page.getByRole('button', { name: /^Refund 2\.50/ }).click();
    await page.getByText('The money went back').waitFor();
    await page.getByRole('link', { name: 'Open the refund' }).click();
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    expect(await page.getByRole('button', { name: 'Show the record' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    // The list was open all the time, and heard of it over sockets that ended with their tokens.
    await page.locator(`tr.row [data-row="${id}"]`).waitFor();
    expect(complaints.filter((text) => !text.includes(authority.url))).toEqual([]);

    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
});
