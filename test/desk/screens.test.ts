/**
 * Promise: whoever looks finds: by one box over everything, by the list's filters, by callbacks, by days and
 * hours. Skipped where there is no Chromium.
 */
import { text } from 'node:stream/consumers';
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
    const query = `{ refunds(first: 1, filter: ${filter}) { nodes { id merchantRefundId } } }`;
    return (await desk.ask(query)).refunds.nodes[0];
  }

  /** How much of the payment was given back, in its currency. */
  async function givenBack(): Promise<number> {
    const by = `{ account: "chain", merchantPaymentId: "${PAYMENT}" }`;
    const { payment } = await desk.ask(`{ payment(by: ${by}, read: LEDGER) { refundedAmount { amount } } }`);
    return Number(payment?.refundedAmount.amount ?? 0);
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
      body: JSON.stringify({ provider: 'BLUEPAY', merchantRefundId: 'MADEINTHECONSOLE', amount: 880 }),
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

  it('keeps a view under a name, over a reload and in another tab', async () => {
    const { page } = await desk.open('?status=FAILED');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByLabel('Name of this view').fill('What failed');
    await page.getByRole('button', { name: 'Save this view' }).click();
    const other = await page.context().newPage();
    await other.goto(`${desk.server().url}/desk`);
    await other.getByRole('button', { name: 'Views' }).click();
    await other.getByRole('link', { name: 'What failed' }).click();
    await other.locator('tr.row').first().waitFor();
    expect(new URL(other.url()).search).toBe('?status=FAILED');
  });

  it('saves what is filtered as CSV', async () => {
    const { page, complaints } = await desk.open('?status=FAILED&from=2020-01-01&to=2030-01-01');
    await page.locator('tr.row').first().waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    const file = await downloading;
    expect(file.suggestedFilename()).toBe('refunds-2020-01-01-2030-01-01.csv');
    const lines = (await text(await file.createReadStream())).trim().split('\r\n');
    const summary = await desk.ask('{ refundSummary(filter: { statuses: [FAILED] }) { count } }');
    const counts: { count: number }[] = summary.refundSummary;
    expect(lines.length - 1).toBe(counts.reduce((sum, { count }) => sum + count, 0));
    expect(lines.slice(1).every((line) => line.includes('FAILED'))).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('says so where the file did not come', async () => {
    const { page } = await desk.open('');
    await page.locator('tr.row').first().waitFor();
    await page.route('**/export/**', (route) => route.abort());
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    await page.locator('.csv').getByText('The server can not be reached').waitFor();
    expect(await page.getByRole('button', { name: 'Save as CSV' }).isEnabled()).toBe(true);
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

  it('keeps which day is meant when the days are chosen after it', async () => {
    const { page } = await desk.open('');
    await page.getByRole('button', { name: /^Days/ }).click();
    await page.getByRole('radio', { name: 'Ended' }).check();
    await page.getByRole('button', { name: 'Today', exact: true }).click();
    await page.getByRole('button', { name: /^Days: Ended/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('days')).toBe('ended');
  });

  it.each(['largest', 'changed'])(
    'offers to load again what is ordered otherwise and has changed: %s',
    async (order) => {
      const { page } = await desk.open(`?order=${order}&accounts=chain`);
      await page.locator('tr.row').first().waitFor();
      const input = `{ account: "chain", merchantPaymentId: "${PAYMENT}", amount: { amount: "7.00", currency: "CNY" },
      idempotencyKey: "comes into ${order}" }`;
      const made = await desk.ask(`mutation { createRefund(input: ${input}) {
      ... on CreateRefundSuccess { refund { merchantRefundId } } } }`);
      const { merchantRefundId } = made.createRefund.refund;
      const row = page.locator('tr.row').filter({ hasText: merchantRefundId });
      await page.getByRole('button', { name: 'The list has changed' }).waitFor();
      expect(await row.count()).toBe(0);
      await page.getByRole('button', { name: 'The list has changed' }).click();
      await row.waitFor();
    },
  );

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
    await page.getByRole('button', { name: /^All that is left: [\d,.]+ CNY/ }).click();
    expect(Number(await page.getByLabel('Amount (CNY)').inputValue())).toBe(10_000 - (await givenBack()));
    await page.getByLabel('Amount (CNY)').fill('0.40');
    await page.getByRole('button', { name: 'Next: check' }).click();
    await page.getByRole('button', { name: /^Refund 0\.40/ }).click();
    await page.getByRole('button', { name: 'Another refund' }).waitFor();
    // The server keeps it, and guards every later refund with it.
    await page.goto(`${desk.server().url}/desk/new?account=chain&ours=${PAYMENT}`);
    await page.getByRole('button', { name: /^All that is left: 9,9\d\d\.\d\d CNY/ }).waitFor();
    expect(await page.getByLabel('What was paid').count()).toBe(0);
  });
});
