/**
 * The desk over a long day: 100,000 refunds paged to their end, then followed at five events a second. Measures
 * the first screen, the heap, and tasks that keep the page from answering. Prints Markdown: bench/desk.md has
 * a run of it.
 *
 * Run: npx node bench/desk.ts [minutes, 10] [refunds, 100000] [most minutes of paging, 30]. PostgreSQL is at
 * POSTGRES_URL, by default the local one; the database is made anew and dropped afterwards. Chromium must be
 * installed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { CDPSession, Page } from 'playwright-core';
import { v7 } from 'uuid';
import { openLedger, type Ledger } from '../src/ledger/database/database.ts';
import { accountKey, merchantRefundId } from '../src/refunds/ids.ts';
import { observe } from '../src/services/observation/observe.ts';
import { buildDesk, openBrowser } from '../test/support/browser.ts';
import { startInstance } from '../test/support/instance.ts';
import { refundUpdate } from '../test/support/refund-update.ts';
import { freePorts } from './chaos/servers.ts';

const MINUTES = Number(process.argv[2] ?? 10);
const REFUNDS = Number(process.argv[3] ?? 100_000);
const PAGING_MINUTES = Number(process.argv[4] ?? 30);
const EVENTS_A_SECOND = 5;
const MEGABYTE = 1_048_576;
/** A task that is longer than this is felt, in milliseconds. */
const FELT_MS = 100;

const maintenance = process.env['POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const name = `refund_graph_desk_${process.pid}`;
const database = new URL(maintenance);
database.pathname = `/${name}`;

async function inDatabase(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** Refunds of two years of one account, whose provider has no list. */
const FILL = `
  with made as (select nth, now() - interval '1 day' - nth * interval '10 minutes' as created_at
    from generate_series(1, ${REFUNDS}) as nth),
  paid as (insert into payments (id, account_key, merchant_payment_id, amount_minor, currency)
    select gen_random_uuid(), 'chain', 'P' || nth, 100000, 'CNY' from made returning id, merchant_payment_id)
  insert into refunds (id, account_key, provider, merchant_refund_id, provider_refund_id, payment_id, amount_minor,
    currency, status, provider_status, reason, created_at, created_at_is_ours, completed_at, observed_at, attempts,
    has_left_failed, revision, attention, updated_at)
  select gen_random_uuid(), 'chain', 'TIPAY', 'R' || nth, 'T' || nth, paid.id, 1 + nth % 90000, 'CNY', 'SUCCEEDED',
    'SUCCESS', 'Changed their mind', made.created_at, false, made.created_at + interval '1 minute',
    made.created_at + interval '1 minute', 0, false, 1, '{}', made.created_at + interval '1 minute'
  from made join paid on paid.merchant_payment_id = 'P' || nth`;

/** Writes events at an even pace until it is stopped: a new refund, then its end, and so on. */
function writeEvents(ledger: Ledger): { readonly stop: () => Promise<number> } {
  const account = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: false } as const;
  let isOver = false;
  let written = 0;
  const startedAt = performance.now();
  const writing = (async () => {
    for (; !isOver; written += 1) {
      const at = new Date();
      const isEnd = written % 2 === 1;
      const update = refundUpdate({
        merchantRefundId: merchantRefundId(`LIVE${Math.floor(written / 2)}`),
        merchantPaymentId: null,
        createdAt: isEnd ? null : at,
        ...(isEnd ? { status: 'SUCCEEDED', providerStatus: 'SUCCESS', completedAt: at } : {}),
      });
      await observe(ledger, account, [update], { via: 'POLL', at, queriedAt: at });
      await pause(Math.max(0, startedAt + ((written + 1) * 1_000) / EVENTS_A_SECOND - performance.now()));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await writing;
      return written;
    },
  };
}

interface State {
  readonly heap: number;
  readonly nodes: number;
  readonly rows: number;
}

/** What the page holds on to, after its garbage is gone. */
async function stateOf(page: Page, session: CDPSession): Promise<State> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (wanted: string) => metrics.find((metric) => metric.name === wanted)?.value ?? NaN;
  return { heap: of('JSHeapUsedSize') / MEGABYTE, nodes: of('Nodes'), rows: await page.locator('tr.row').count() };
}

/** Tasks of more than 50 ms since the last call, in milliseconds; the longest first. */
const longTasks = (page: Page): Promise<readonly number[]> =>
  page.evaluate(() => {
    const tasks: unknown = Reflect.get(globalThis, 'longTasks');
    return Array.isArray(tasks)
      ? tasks
          .splice(0)
          .map(Number)
          .toSorted((one, other) => other - one)
      : [];
  });

/** Scrolls until the list says that it has ended, or the time is over. Gives the rows that it knows then. */
async function pageToTheEnd(page: Page): Promise<number> {
  const end = page.locator('.list-end');
  const startedAt = performance.now();
  while ((await end.count()) === 0 && performance.now() - startedAt < PAGING_MINUTES * 60_000) {
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await page.waitForTimeout(40);
  }
  return page.evaluate(() => {
    const table = document.querySelector('.rows');
    const row = document.querySelector('tr.row');
    return Math.round((table?.getBoundingClientRect().height ?? 0) / (row?.getBoundingClientRect().height ?? 1));
  });
}

const show = (tasks: readonly number[]): string =>
  `${tasks.length}, of them over ${FELT_MS} ms ${tasks.filter((ms) => ms > FELT_MS).length}, longest ${Math.round(tasks[0] ?? 0)} ms`;

buildDesk();
const folder = mkdtempSync(join(tmpdir(), 'refund-graph-bench-desk-'));
await using opened = new AsyncDisposableStack();
opened.defer(() => rmSync(folder, { recursive: true, force: true }));
await inDatabase(maintenance, `create database ${name}`);
opened.defer(() => inDatabase(maintenance, `drop database if exists ${name} with (force)`));
const [port = 0] = await freePorts(1);
const server = await startInstance({
  PORT: String(port),
  DATA_DIR: folder,
  DATABASE_URL: database.href,
  PUBLIC_URL: `http://127.0.0.1:${port}`,
  SANDBOX: 'yes',
  // One caller looks at 1,000 pages in some minutes here.
  CALLER_DATABASE_MS: '0',
  CALLER_ANSWER_KIB: '0',
});
opened.defer(async () => void (await server.stop()));
await inDatabase(database.href, FILL);
await inDatabase(database.href, 'vacuum analyze');
const ledger = await openLedger({ databaseUrl: database.href }, { clock: () => new Date(), newId: () => v7() });
opened.defer(() => ledger.close());

const browser = await openBrowser();
opened.defer(() => browser.close());
const page = await browser.newPage({ viewport: { width: 1360, height: 860 } });
await page.addInitScript(() => {
  const tasks: number[] = [];
  Reflect.set(globalThis, 'longTasks', tasks);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
});
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');
const startedAt = performance.now();
await page.goto(`${server.url}/desk?accounts=chain`);
await page.locator('tr.row').first().waitFor();
const firstRows = performance.now() - startedAt;
await pause(3_000);
const atFirst = await stateOf(page, session);
const startTasks = await longTasks(page);

const pagingAt = performance.now();
const known = await pageToTheEnd(page);
const pagingSeconds = (performance.now() - pagingAt) / 1_000;
const pagingTasks = await longTasks(page);
const paged = await stateOf(page, session);
await page.evaluate(() => scrollTo(0, 0));
await page.locator('tr.row').first().waitFor();
await longTasks(page);

const writer = writeEvents(ledger);
const followed: (State & { readonly tasks: readonly number[]; readonly load: number })[] = [];
for (let minute = 1; minute <= MINUTES; minute += 1) {
  // At the top every new refund comes in; further down they are offered.
  await page.evaluate((isTop) => scrollTo(0, isTop ? 0 : 20_000), minute % 2 === 1);
  await pause(60_000);
  const tasks = await longTasks(page);
  followed.push({ ...(await stateOf(page, session)), tasks, load: loadavg()[0] ?? NaN });
  console.error(`minute ${minute}: ${followed.at(-1)?.heap.toFixed(1)} MiB, tasks ${show(tasks)}`);
  await longTasks(page);
}
const written = await writer.stop();
const last = `LIVE${Math.floor((written - 1) / 2)}`;
await page.evaluate(() => scrollTo(0, 0));
await page
  .locator('.button-fresh')
  .click({ timeout: 5_000 })
  .catch(() => undefined);
await page.locator('tr.row').filter({ hasText: last }).first().waitFor();

console.log(`| what | figure |
| --- | --- |
| first rows after the address was opened | ${Math.round(firstRows)} ms |
| heap then | ${atFirst.heap.toFixed(1)} MiB |
| tasks over 50 ms until then | ${show(startTasks)} |
| rows paged | ${known.toLocaleString('en')} in ${pagingSeconds.toFixed(0)} s |
| heap after that | ${paged.heap.toFixed(1)} MiB |
| tasks over 50 ms while paging | ${show(pagingTasks)} |
| events followed | ${written.toLocaleString('en')} in ${MINUTES} minutes; the last one is in the list |

| minute | heap, MiB | rows drawn | nodes | tasks over 50 ms | load of the machine |
| --- | --- | --- | --- | --- | --- |
${followed
  .map(
    ({ heap, rows, nodes, tasks, load }, index) =>
      `| ${index + 1} | ${heap.toFixed(1)} | ${rows} | ${nodes} | ${show(tasks)} | ${load.toFixed(1)} |`,
  )
  .join('\n')}`);
