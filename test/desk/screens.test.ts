/**
 * Promise: whoever looks finds: by one box over everything, by the list's filters, by callbacks, by days and
 * hours. Skipped where there is no Chromium.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, withoutBrowser } from '../support/browser.ts';
import { PATIENCE_MS, startDesk, type DeskPlace } from '../support/desk.ts';
import { until } from '../support/until.ts';

/** A payment that the sandbox has. */
const PAYMENT = 'ORDERDEMO1';

describe.skipIf(!hasBrowser)(`the screens of the desk${withoutBrowser}`, { timeout: PATIENCE_MS }, () => {
  let desk: DeskPlace;
  beforeAll(async () => {
    desk = await startDesk({ variables: { LOG_LEVEL: 'info' } });
  }, PATIENCE_MS);
  afterAll(() => desk.close());

  async function refundOf(statuses: string) {
    const filter = `{ statuses: [${statuses}], accounts: ["library"] }`;
    const found = await desk.ask(
      `{ refunds(first: 1, read: LEDGER, filter: ${filter}) { nodes { id merchantRefundId } } }`,
    );
    return found.refunds.nodes[0];
  }

  it('finds a refund by the start of its id, from any screen, by keys alone', async () => {
    const { merchantRefundId } = await refundOf('SUCCEEDED');
    const { page, complaints } = await desk.open('/providers');
    await page.locator('.cards').waitFor();
    await page.keyboard.press('/');
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.type(merchantRefundId);
    await page.getByRole('link', { name: merchantRefundId }).waitFor();
    await page.getByRole('link', { name: merchantRefundId }).press('Enter');
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('finds what only the provider knows', async () => {
    const [, control] = /"control":"(http[^"]+)"/.exec(desk.server().said()) ?? [];
    const added = await fetch(`${control}/refunds/add`, {
      method: 'POST',
      body: JSON.stringify({ provider: 'BLUEPAY', merchantRefundId: 'MADEINTHECONSOLE', amount: '8.80' }),
    });
    const { providerRefundId } = await added.json();
    expect(added.status).toBe(200);
    const { page } = await desk.open(`/find?for=${providerRefundId}`);
    await page.getByText('Nothing here matches').waitFor();
    await page.getByRole('button', { name: 'Ask the providers' }).click();
    await page.getByRole('link', { name: 'MADEINTHECONSOLE' }).waitFor();
  });

  it('keeps a search in the address, and over a reload', async () => {
    const { page } = await desk.open('');
    await page.locator('tr.row').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('BLUE001');
    await until(() => new URL(page.url()).searchParams.get('search') === 'BLUE001');
    const others = page.locator('tr.row').filter({ hasNotText: 'BLUE001' });
    await others.first().waitFor({ state: 'detached' });
    await page.reload();
    await page.locator('tr.row').first().waitFor();
    expect(await others.count()).toBe(0);
    expect(await page.getByRole('searchbox').inputValue()).toBe('BLUE001');
  });

  it('filters by amount and currency, and sums what is shown', async () => {
    const { page } = await desk.open('');
    await page.getByRole('button', { name: /^Amount/ }).click();
    await page.getByLabel('At least').fill('1,000');
    await page.getByLabel('Currency').selectOption('CNY');
    await page.getByRole('button', { name: 'Show' }).click();
    await until(() => new URL(page.url()).search === '?atLeast=1000&currency=CNY');
    const filter = '{ amount: { gte: "1000" }, currencies: ["CNY"] }';
    const summary = await desk.ask(`{ refundSummary(filter: ${filter}) { count amount { amount } } }`);
    const [{ count }] = summary.refundSummary;
    await page.locator('.totals').getByText(`${count} refunds`).waitFor();
    expect(count).toBeGreaterThan(0);
    expect(await page.locator('tr.row .currency', { hasText: 'THB' }).count()).toBe(0);
  });

  it('shows what a callback said, and applies it again', async () => {
    const { page, complaints } = await desk.open('/callbacks?state=APPLIED');
    const first = page.locator('.callback').first();
    await first.getByRole('button', { name: 'Show what it said' }).click();
    await first.locator('pre').waitFor();
    expect(await first.locator('pre').textContent()).toContain('status');
    await first.getByRole('button', { name: 'Apply again' }).click();
    await first.getByText('Judged again.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows the hours of a day, which add up to it', async () => {
    const { page } = await desk.open('/days');
    const row = page.locator('.figures-table tbody tr').filter({ has: page.getByRole('button') });
    await row.first().waitFor();
    const count = await row.first().locator('td').first().textContent();
    await row.first().getByRole('button').click();
    const hours = page.getByRole('region', { name: /^Hours of/ });
    await hours.waitFor();
    const counts = await hours.locator('tbody tr td:nth-child(2)').allTextContents();
    expect(counts.reduce((sum, text) => sum + Number(text), 0)).toBe(Number(count));
  });

  it('says how much of a payment is left, where somebody knows what was paid', async () => {
    const { page } = await desk.open(`/new?account=chain&ours=${PAYMENT}`);
    await page.getByLabel('What was paid').fill('10,000');
    await page.getByRole('button', { name: 'All that is left: 10,000 CNY' }).click();
    expect(await page.getByLabel('Amount (CNY)').inputValue()).toBe('10000');
    await page.getByLabel('Amount (CNY)').fill('0.40');
    await page.getByRole('button', { name: 'Next: check' }).click();
    await page.getByRole('button', { name: /^Refund 0\.40/ }).click();
    await page.getByRole('button', { name: 'Another refund' }).waitFor();
    // The server keeps it, and guards every later refund with it.
    await page.goto(`${desk.server().url}/desk/new?account=chain&ours=${PAYMENT}`);
    await page.getByRole('button', { name: 'All that is left: 9,999.60 CNY' }).waitFor();
  });
});
