/**
 * Promise: the desk can be used by everybody: no screen breaks a rule of WCAG, in both languages, light and
 * dark, wide and narrow. Skipped where there is no Chromium.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, withoutBrowser } from '../support/browser.ts';
import { PATIENCE_MS, startDesk, type DeskPlace } from '../support/desk.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Look {
  readonly colorScheme: 'light' | 'dark';
  readonly locale: string;
  readonly width: number;
}

/** A screen, the mark that it is there by, and what is opened on it. */
interface Screen {
  readonly path: string;
  readonly mark: string;
  readonly open?: (page: Page) => Promise<unknown>;
}

/** Opens what the button stands for that has this place among its kind. */
const press = (selector: string, place: number, mark: string) => async (page: Page) => {
  await page.locator(selector).nth(place).click();
  await page.locator(mark).first().waitFor();
};

describe.skipIf(!hasBrowser)(`the rules of WCAG${withoutBrowser}`, { timeout: 240_000 }, () => {
  let desk: DeskPlace;
  beforeAll(async () => {
    desk = await startDesk();
  }, PATIENCE_MS);
  afterAll(() => desk.close());

  async function screens(): Promise<readonly Screen[]> {
    const failed = await desk.ask('{ refunds(first: 1, filter: { statuses: [FAILED] }) { nodes { id } } }');
    const check = async (page: Page) => {
      await page.locator('#amount').fill('0.03');
      await page.locator('form .button-main').click();
      await page.locator('.big-amount').waitFor();
    };
    return [
      { path: '', mark: 'tr.row' },
      { path: '', mark: 'tr.row', open: press('.filters .button-choice', 0, '.menu') },
      { path: '', mark: 'tr.row', open: press('.filters .button-choice', 1, '.days-dialog') },
      { path: '', mark: 'tr.row', open: press('.filters .button-choice', 2, '.amount-dialog') },
      { path: '', mark: 'tr.row', open: press('.filters .button-choice', 3, '.views-dialog') },
      { path: '', mark: 'tr.row', open: press('.bar-end .button-icon', 0, '.dialog') },
      { path: '?search=nothing-is-called-so', mark: '.empty' },
      { path: `/refunds/${failed.refunds.nodes[0].id}`, mark: '.timeline' },
      { path: '/new?account=chain&ours=ORDERDEMO1', mark: '#amount' },
      { path: '/new?account=chain&ours=ORDERDEMO1', mark: '#amount', open: check },
      { path: '/attention', mark: '.attention-rows' },
      { path: '/days', mark: '.bars', open: press('.figures-table .button-small', 0, '.bars + .bars') },
      { path: '/providers', mark: '.cards' },
      { path: '/callbacks', mark: '.callback', open: press('.callback .button-small', 0, 'pre') },
      { path: '/find?for=BLUE0', mark: '.find-rows li' },
      { path: '/nowhere', mark: 'h1' },
    ];
  }

  const looks: readonly Look[] = [
    { colorScheme: 'light', locale: 'en-GB', width: 1360 },
    { colorScheme: 'dark', locale: 'en-GB', width: 390 },
    { colorScheme: 'light', locale: 'zh-CN', width: 390 },
    { colorScheme: 'dark', locale: 'zh-CN', width: 1360 },
  ];
  it.each(looks)('are kept by every screen: $colorScheme, $locale, $width wide', async ({ width, ...look }) => {
    const { page, complaints } = await desk.open('', { ...look, viewport: { width, height: 860 } });
    for (const { path, mark, open } of await screens()) {
      await page.goto(`${desk.server().url}/desk${path}`);
      await page.locator(mark).first().waitFor();
      await open?.(page);
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(' ')}`));
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect({ path, found, isWide }).toEqual({ path, found: [], isWide: false });
    }
    expect(complaints).toEqual([]);
  });
});
