/** Promise: whatever becomes of the answer, the desk moves money once. Skipped where there is no Chromium. */
import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, withoutBrowser } from '../support/browser.ts';
import { PATIENCE_MS, startDesk, type DeskPlace } from '../support/desk.ts';

/** A payment of 10,000.00 that the sandbox has. */
const PAYMENT = 'ORDERDEMO1';
const KEPT = 'refund-desk-intention anonymous';

describe.skipIf(!hasBrowser)(`a new refund${withoutBrowser}`, { timeout: PATIENCE_MS }, () => {
  let desk: DeskPlace;
  beforeAll(async () => {
    desk = await startDesk();
  }, PATIENCE_MS);
  afterAll(() => desk.close());

  /** How many refunds of the sandbox's own payment there are. */
  async function refundsMade(): Promise<number> {
    const filter = `{ merchantPaymentId: "${PAYMENT}" }`;
    const [row] = (await desk.ask(`{ refundSummary(filter: ${filter}) { count } }`)).refundSummary;
    return row?.count ?? 0;
  }

  /** Opens the form, and fills in both steps, up to the button that sends. */
  async function prepare(): Promise<Page> {
    const { page } = await desk.open('/new');
    await page.getByRole('combobox', { name: 'Account' }).selectOption('chain');
    await page.getByLabel('Our payment id').fill(PAYMENT);
    await page.getByLabel('Amount (CNY)').fill('12.92');
    await page.getByRole('button', { name: 'Next: check' }).click();
    return page;
  }

  const send = (page: Page) => page.getByRole('button', { name: /^Refund 12\.92/ });
  const askAgain = (page: Page) => page.getByRole('button', { name: 'Ask again' });
  const kept = (page: Page) => page.evaluate((name) => sessionStorage.getItem(name), KEPT);

  /** Does something else in place of the answer to the next request that creates. */
  async function insteadOfAnswer(page: Page, act: (route: Route) => Promise<unknown>): Promise<void> {
    let isDue = true;
    await page.route('**/graphql', async (route) => {
      const creates = route.request().postData()?.includes('"sendMutation"') === true;
      if (!isDue || !creates) return route.fallback();
      isDue = false;
      await act(route);
    });
  }
  /** Lets it arrive at the server first. */
  const loseAnswer = (page: Page, instead: (route: Route) => Promise<unknown>) =>
    insteadOfAnswer(page, async (route) => {
      await route.fetch();
      await instead(route);
    });

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
        await askAgain(page).click();
      },
    ],
  ])('makes one refund of %s', async (_, act) => {
    const before = await refundsMade();
    const page = await prepare();
    await act(page);
    await page.getByRole('button', { name: 'Another refund' }).waitFor();
    expect((await refundsMade()) - before).toBe(1);
    expect(await kept(page)).toBeNull();
  });

  const refusal = (code: string) => ({ errors: [{ message: `refused: ${code}`, extensions: { code } }] });
  const forbidden = { data: { createRefund: { __typename: 'ForbiddenError', message: 'not yours' } } };
  it.each([
    ['RATE_LIMITED', refusal('RATE_LIMITED'), 'Too many requests'],
    ['UNAUTHENTICATED', refusal('UNAUTHENTICATED'), 'Your token does not allow this'],
    ['FORBIDDEN', refusal('FORBIDDEN'), 'Your token does not allow this'],
    ['DOCUMENT_NOT_TRUSTED', refusal('DOCUMENT_NOT_TRUSTED'), 'refused: DOCUMENT_NOT_TRUSTED'],
    ['ForbiddenError', forbidden, 'Your token does not allow refunds'],
  ])('keeps the key where the answer was lost and the repeat is refused: %s', async (_, answer, words) => {
    const before = await refundsMade();
    const page = await prepare();
    await loseAnswer(page, (route) => route.abort());
    await send(page).click();
    await page.getByText('The answer was lost').waitFor();
    const wanted = await kept(page);
    expect(wanted).toContain('"isSent":true');

    await insteadOfAnswer(page, (route) => route.fulfill({ json: answer }));
    await askAgain(page).click();
    await page.getByText(words).waitFor();
    expect(await kept(page)).toBe(wanted);
    // The same over a reload, which asks by itself.
    await insteadOfAnswer(page, (route) => route.fulfill({ json: answer }));
    await page.reload();
    await page.getByText(words).waitFor();
    expect(await kept(page)).toBe(wanted);

    await askAgain(page).click();
    await page.getByText('It had been made before').waitFor();
    expect((await refundsMade()) - before).toBe(1);
    expect(await kept(page)).toBeNull();
  });

  it('ends an intention that was refused before anything was sent', async () => {
    const page = await prepare();
    await insteadOfAnswer(page, (route) => route.fulfill({ json: refusal('RATE_LIMITED') }));
    await send(page).click();
    await page.getByText('Not refunded').waitFor();
    expect(await kept(page)).toBeNull();
  });

  it('shows no intention of another person', async () => {
    const page = await prepare();
    await page.evaluate((name) => {
      const intention = sessionStorage.getItem(name) ?? '';
      sessionStorage.setItem('refund-desk-intention somebody', intention.replace('anonymous', 'somebody'));
      sessionStorage.removeItem(name);
    }, KEPT);
    await page.reload();
    await page.getByText('Step 1 of 2').waitFor();
    expect(await page.getByLabel('Our payment id').count()).toBe(0);
  });
});
