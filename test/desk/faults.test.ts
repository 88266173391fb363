/**
 * Promise: what does not come is asked for again, by itself or by a button that works. Skipped where there is
 * no Chromium.
 */
import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, withoutBrowser } from '../support/browser.ts';
import { PATIENCE_MS, startDesk, type DeskPlace } from '../support/desk.ts';

describe.skipIf(!hasBrowser)(`a desk with faults${withoutBrowser}`, { timeout: PATIENCE_MS }, () => {
  let desk: DeskPlace;
  beforeAll(async () => {
    desk = await startDesk();
  }, PATIENCE_MS);
  afterAll(() => desk.close());

  /** Cuts off requests as long as `isCut` says so. */
  async function cut(page: Page, address: RegExp, isCut: (route: Route) => boolean): Promise<void> {
    await page.route(address, (route) => (isCut(route) ? route.abort() : route.fallback()));
  }

  it('loads rows that did not come when it is told to', async () => {
    const { page } = await desk.open('/providers');
    let isAway = true;
    await cut(page, /\/graphql$/, (route) => isAway && route.request().postData()?.includes('Window') === true);
    await page.getByRole('link', { name: 'Refunds', exact: true }).click();
    await page.getByText('The server can not be reached').waitFor();
    isAway = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('tr.row').first().waitFor();
    expect(await page.getByText('The server can not be reached').count()).toBe(0);
  });

  it('offers to load the page again where a file of a screen did not come', async () => {
    const { page } = await desk.open('');
    await page.locator('tr.row').first().waitFor();
    let isAway = true;
    await cut(page, /\/assets\/days-/, () => isAway);
    await page.getByRole('link', { name: 'Days' }).click();
    const button = page.getByRole('button', { name: 'Load the page again' });
    await button.waitFor();
    isAway = false;
    await button.click();
    await page.locator('.bars').waitFor();
    expect(new URL(page.url()).pathname).toBe('/desk/days');
  });

  it('becomes live although the file of the socket did not come at first', async () => {
    const { page } = await desk.open('/providers');
    let tries = 0;
    await cut(page, /\/assets\/socket-/, () => (tries += 1) < 3);
    await page.goto(`${desk.server().url}/desk`);
    await page.locator('tr.row').first().waitFor();
    await page.getByText('Reconnecting').waitFor();
    await page.getByText('Reconnecting').waitFor({ state: 'detached' });
    expect(tries).toBe(3);
  });
});
