/**
 * Promise: a desk that came over plain http, where browsers give pages neither a clipboard nor random ids,
 * makes refunds all the same. Skipped where there is no Chromium.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, withoutBrowser } from '../support/browser.ts';
import { PATIENCE_MS, startDesk, type DeskPlace } from '../support/desk.ts';

describe.skipIf(!hasBrowser)(`the desk over plain http${withoutBrowser}`, { timeout: PATIENCE_MS }, () => {
  let desk: DeskPlace;
  beforeAll(async () => {
    desk = await startDesk({ name: 'desk.example' });
  }, PATIENCE_MS);
  afterAll(() => desk.close());

  it('makes a refund, and offers no copying', async () => {
    const { page, complaints } = await desk.open('/new');
    await page.getByRole('combobox', { name: 'Account' }).selectOption('chain');
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await page.getByLabel('Our payment id').fill('ORDERDEMO1');
    await page.getByLabel('Amount (CNY)').fill('2.50');
    await page.getByRole('button', { name: 'Next: check' }).click();
    await page.getByRole('button', { name: /^Refund 2\.50/ }).click();
    await page.getByRole('link', { name: 'Open the refund' }).click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    expect(await page.getByRole('button', { name: /^Copy/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
