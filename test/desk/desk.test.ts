/**
 * Promise: the desk, in a real browser, moves money once, shows what others do as it happens, misses nothing
 * over a restart of the server, and can be used by everybody. Skipped where there is no Chromium.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePorts } from '../../bench/chaos/servers.ts';
import { buildDesk, complaintsOf, hasBrowser, openBrowser } from '../support/browser.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { until } from '../support/until.ts';

const absent = hasBrowser ? '' : ' (skipped: Chromium is not installed)';

/** A browser is slow where others use the machine, too: nothing here waits for this long on a free one. */
const PATIENCE_MS = 90_000;
/** The desk may have to be built first. */
const START_MS = 240_000;
/** Most that the first screen may take over the wire, in bytes. */
const FIRST_SCREEN = 160_000;
/** A payment of 10,000.00 that the sandbox has. */
const PAYMENT = 'ORDERDEMO1';

describe.skipIf(!hasBrowser)(`the desk in Chromium${absent}`, { timeout: PATIENCE_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-desk-'));
  let port: number;
  let server: Instance;
  let browser: Browser;

  const start = () => startInstance({ PORT: String(port), DATA_DIR: folder, SANDBOX: 'yes' });

  const opened = new AsyncDisposableStack();

  beforeAll(async () => {
    opened.defer(() => rmSync(folder, { recursive: true, force: true }));
    buildDesk();
    const [free = 0] = await freePorts(1);
    port = free;
    server = await start();
    opened.defer(async () => void (await server.stop()));
    browser = await openBrowser();
    opened.defer(() => browser.close());
  }, START_MS);
  afterAll(() => opened.disposeAsync(), START_MS);

  /** Opens an address of the desk in a browser of its own. */
  async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}) {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Asia/Shanghai', ...options });
    onTestFinished(() => context.close());
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const complaints = complaintsOf(page, new URL(server.url).host);
    await page.goto(`${server.url}/desk${path}`);
    return { page, complaints };
  }

  async function ask(query: string, variables: object = {}) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data } = await response.json();
    return data;
  }

  /** How many refunds of the sandbox's own payment there are. */
  const refundsMade = async (): Promise<number> => {
    const filter = `{ merchantPaymentId: "${PAYMENT}" }`;
    const [row] = (await ask(`{ refundSummary(filter: ${filter}) { count } }`)).refundSummary;
    return row?.count ?? 0;
  };

  /** Makes a refund as another desk would; its id for people. */
  async function create(idempotencyKey: string): Promise<string> {
    const mutation = `mutation ($input: CreateRefundInput!) { createRefund(input: $input) {
      ... on CreateRefundSuccess { refund { merchantRefundId } } ... on Error { message } } }`;
    const amount = { amount: '1.01', currency: 'CNY' };
    const input = { account: 'chain', merchantPaymentId: PAYMENT, amount, idempotencyKey };
    return (await ask(mutation, { input })).createRefund.refund.merchantRefundId;
  }

  /** Fills in both steps, up to the button that sends. */
  async function prepare(page: Page): Promise<void> {
    await page.getByRole('combobox', { name: 'Account' }).selectOption('chain');
    await page.getByLabel('Our payment id').fill(PAYMENT);
    await page.getByLabel('Amount (CNY)').fill('12.92');
    await page.getByRole('button', { name: 'Next: check' }).click();
  }

  const send = (page: Page) => page.getByRole('button', { name: /^Refund 12\.92/ });

  it('has rows after a first screen that is small, and asks no other host', async () => {
    const { page, complaints } = await open('');
    await page.locator('tr.row').first().waitFor();
    expect(complaints).toEqual([]);
    const html = await (await fetch(`${server.url}/desk`)).text();
    const named = Array.from(html.matchAll(/(?:src|href)="(\/desk\/assets\/[^"]+)"/g), ([, path]) => path);
    const sizes = named.map(async (path) => {
      const response = await fetch(`${server.url}${path}`, { headers: { 'accept-encoding': 'gzip' } });
      return Number(response.headers.get('content-length'));
    });
    const size = (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, html.length);
    expect(size).toBeGreaterThan(FIRST_SCREEN / 4);
    expect(size).toBeLessThan(FIRST_SCREEN);
  });

  /** Lets the request that creates arrive at the server, and does something else in place of its answer. */
  const loseAnswer = (page: Page, instead: (route: Route) => Promise<unknown>) =>
    page.route(
      '**/graphql',
      async (route) => {
        await route.fetch();
        await instead(route);
      },
      { times: 1 },
    );

  it.each([
    ['a double click', (page: Page) => send(page).dblclick()],
    [
      'a reload while it is sent',
      async (page: Page) => {
        await loseAnswer(page, () => page.reload());
        await send(page).click();
      },
    ],
    [
      'an answer that is lost',
      async (page: Page) => {
        await loseAnswer(page, (route) => route.abort());
        await send(page).click();
        await page.getByText('The answer was lost').waitFor();
        await page.getByRole('button', { name: 'Ask again' }).click();
      },
    ],
  ])('makes one refund of %s', async (_, act) => {
    const before = await refundsMade();
    const { page } = await open('/new');
    await prepare(page);
    await act(page);
    await page.getByRole('button', { name: 'Another refund' }).waitFor();
    expect((await refundsMade()) - before).toBe(1);
    expect(await page.evaluate(() => sessionStorage.getItem('refund-desk-intention'))).toBeNull();
  });

  it('shows what another desk makes, at the top or offered', async () => {
    const { page } = await open('');
    await page.locator('tr.row').first().waitFor();
    const first = await create('seen at the top');
    await page.locator('tr.row').first().getByText(first).waitFor();

    await page.locator('tr.row').nth(80).scrollIntoViewIfNeeded();
    const second = await create('offered');
    await page.getByRole('button', { name: '1 new refund' }).click();
    // Made within one second they may stand in either order.
    const row = page.locator('tr.row').filter({ hasText: second });
    await row.waitFor();
    // It changes in place when the provider has paid.
    await row.getByText('Refunded').waitFor();
    expect(await row.count()).toBe(1);
  });

  it('keeps its rows while the server is away, and misses nothing', async () => {
    const { page } = await open('?status=SUCCEEDED');
    await page.locator('tr.row').first().waitFor();
    const before = await page.locator('tr.row').count();
    await server.kill();
    await page.getByText('Reconnecting').waitFor();
    expect(await page.locator('tr.row').count()).toBe(before);
    server = await start();
    const made = await create('made after the restart');
    await page.locator('tr.row').first().getByText(made).waitFor();
    await page.getByText('Reconnecting').waitFor({ state: 'detached' });
  });

  it('is led by keys, and comes back to the row', async () => {
    const { page } = await open('');
    await page.locator('tr.row').first().waitFor();
    for (const key of ['j', 'j', 'j']) await page.keyboard.press(key);
    const row = await page.evaluate(() => document.activeElement?.getAttribute('data-row'));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await page.keyboard.press('Escape');
    await until(async () => (await page.evaluate(() => document.activeElement?.getAttribute('data-row'))) === row);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-row'))).toBe(row);
  });

  const looks = [
    { colorScheme: 'light', locale: 'en-GB' },
    { colorScheme: 'dark', locale: 'zh-CN' },
  ] as const;
  it.each(looks)(
    'has no violation of WCAG on any screen: $colorScheme, $locale',
    async (look) => {
      const failed = await ask('{ refunds(first: 1, read: LEDGER, filter: { statuses: [FAILED] }) { nodes { id } } }');
      const { page, complaints } = await open('', look);
      const screens = [
        ['', 'tr.row'],
        [`/refunds/${failed.refunds.nodes[0].id}`, '.timeline'],
        ['/new?account=library', '#amount'],
        ['/attention', '.attention-rows'],
        ['/days', '.bars'],
        ['/providers', '.cards'],
      ];
      for (const [path, mark] of screens) {
        await page.goto(`${server.url}/desk${path}`);
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
