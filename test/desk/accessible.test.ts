/**
 * Promise: the desk can be used by everybody: no screen breaks a rule of WCAG. Skipped where there is no
 * Chromium.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, withoutBrowser } from '../support/browser.ts';
import { PATIENCE_MS, startDesk, type DeskPlace } from '../support/desk.ts';

describe.skipIf(!hasBrowser)(`the rules of WCAG${withoutBrowser}`, { timeout: PATIENCE_MS }, () => {
  let desk: DeskPlace;
  beforeAll(async () => {
    desk = await startDesk();
  }, PATIENCE_MS);
  afterAll(() => desk.close());

  const looks = [
    { colorScheme: 'light', locale: 'en-GB' },
    { colorScheme: 'dark', locale: 'zh-CN' },
  ] as const;
  it.each(looks)(
    'has no violation of WCAG on any screen: $colorScheme, $locale',
    async (look) => {
      const failed = await desk.ask(
        '{ refunds(first: 1, read: LEDGER, filter: { statuses: [FAILED] }) { nodes { id } } }',
      );
      const { page, complaints } = await desk.open('', look);
      const screens = [
        ['', 'tr.row'],
        [`/refunds/${failed.refunds.nodes[0].id}`, '.timeline'],
        ['/new?account=library', '#amount'],
        ['/attention', '.attention-rows'],
        ['/days', '.bars'],
        ['/providers', '.cards'],
      ];
      for (const [path, mark] of screens) {
        await page.goto(`${desk.server().url}/desk${path}`);
        await page
          .locator(mark ?? '')
          .first()
          .waitFor();
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze();
        expect(
          violations.map(
            ({ id, nodes }) => `${path}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
          ),
        ).toEqual([]);
      }
      expect(complaints).toEqual([]);
    },
    60_000,
  );
});
