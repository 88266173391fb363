/**
 * 1,000,000 refunds of three accounts in PostgreSQL. Measures what a page costs at the start, in the middle
 * and at the end of a walk, and what the database does for each kind of filter. Prints Markdown:
 * bench/million.md has a run of it.
 *
 * Run: npx node bench/million.ts [URL of its own database, default
 * postgres://postgres@127.0.0.1:5432/refund_graph_million]. The database is made if it is not there, and
 * filled if it has no refunds.
 */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { v7 } from 'uuid';
import { openLedger, type Db, type Ledger } from '../src/ledger/database/database.ts';
import type { Keyset } from '../src/ledger/refund/order.ts';
import { countRefunds, pageRows } from '../src/ledger/refund/refunds.ts';
import { sumRefunds } from '../src/ledger/refund/summary.ts';
import type { Tables } from '../src/ledger/tables.ts';
import { createSingleFlight } from '../src/flow/single-flight.ts';
import { NO_CONDITIONS, type RefundConditions } from '../src/refunds/filter.ts';
import {
  accountKey,
  merchantPaymentId,
  merchantRefundId,
  providerPaymentId,
  providerRefundId,
} from '../src/refunds/ids.ts';
import type { OrderField } from '../src/refunds/list/order.ts';
import type { QueriedPage } from '../src/services/reading/provider-pages.ts';
import { listRefunds } from '../src/services/reading/list.ts';
import { summarise } from '../src/services/reading/summarise.ts';
import { accountOf } from './million-accounts.ts';

const REFUNDS = 1_000_000;
const PAGE = 100;
const url = process.argv[2] ?? 'postgres://postgres@127.0.0.1:5432/refund_graph_million';

/** Eight of ten refunds are of one account, as where one provider brings most of the business. */
const ACCOUNTS = ['library', 'blue', 'chain'].map(accountKey);
const FIRST = new Date('2024-01-01T00:00:00Z');
const LAST = new Date('2025-12-31T00:00:00Z');

async function makeDatabase(): Promise<void> {
  const { pathname } = new URL(url);
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new pg.Client({ connectionString: maintenance.href });
  await client.connect();
  const name = pathname.slice(1);
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  if (rowCount === 0) await client.query(`create database "${name}"`);
  await client.end();
}

/** Two years of refunds in no order of their ids, some of the same second; mostly done, few unfinished. */
async function fill(): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query('select from refunds limit 1');
  if (rowCount === 0) {
    console.error(`filling ${url} with ${REFUNDS} refunds`);
    await client.query(`
      create temporary table made as
      select nth, (array['library', 'library', 'library', 'library', 'library', 'library', 'library', 'library', 'blue', 'chain'])
          [1 + (hashint4(nth) & 2147483647) % 10] as account,
        timestamptz '${FIRST.toISOString()}'
          + ((hashint4(nth + 7) & 2147483647)::bigint * 731 * 86400 / 2147483648) * interval '1 second' as created_at,
        (hashint4(nth + 13) & 2147483647) % 1000 as chance, nth / 2 as payment
      from generate_series(1, ${REFUNDS}) as nth`);
    await client.query(`
      insert into payments (id, account_key, merchant_payment_id, provider_payment_id, amount_minor, currency)
      select gen_random_uuid(), account, 'P' || payment, 'C' || payment, 100000, 'CNY'
      from (select distinct account, payment from made) as paid`);
    const since = `to_char(made.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
    await client.query(`
      insert into refunds (id, account_key, provider, merchant_refund_id, provider_refund_id, payment_id, amount_minor,
        fee_minor, currency, status, provider_status, reason, failure_code, failure_message, failure_retryable, created_at,
        created_at_is_ours, completed_at, observed_at, details, submitted_at, attempts, has_left_failed, revision, attention,
        updated_at)
      select gen_random_uuid(), account, case account when 'library' then 'SHOUTU' when 'blue' then 'BLUEPAY' else 'TIPAY' end,
        'R' || nth, 'T' || nth, payments.id, 1 + chance * 7, null, 'CNY', status, status,
        case chance when 0 then 'Box came broken' else 'Changed their mind' end, null,
        case status when 'FAILED' then 'No.' end, case status when 'FAILED' then false end, made.created_at, false,
        case when status not in ('PENDING', 'PROCESSING') then made.created_at + interval '1 minute' end,
        made.created_at + interval '1 minute', null, null, 0, false, 1,
        case when status = 'PENDING' or chance = 1 then jsonb_build_object('STUCK', ${since})
          when chance = 2 then jsonb_build_object('CONFLICT', ${since}) else '{}' end,
        made.created_at + (1 + chance) * interval '1 minute'
      from made
      cross join lateral (select case when chance < 880 then 'SUCCEEDED' when chance < 970 then 'FAILED' when chance < 995
        then 'CANCELED' when chance < 999 then 'PROCESSING' else 'PENDING' end as status) as drawn
      join payments on payments.account_key = account and payments.merchant_payment_id = 'P' || payment`);
    await client.query('vacuum analyze');
  }
  await client.end();
}

const percentile = (times: readonly number[], share: number): string =>
  (times.toSorted((a, b) => a - b)[Math.floor(share * (times.length - 1))] ?? NaN).toFixed(1);

/**
 * Rounds in which a page of each part of the walk is timed, in turns: a busy machine then slows all parts
 * alike.
 */
const ROUNDS = 300;

/**
 * Walks the whole list over three accounts, as a frontend that scrolls to the end. Then times its pages
 * again.
 */
async function walk(ledger: Ledger, conditions: RefundConditions, title: string): Promise<void> {
  const deps = {
    ledger,
    queue: { expedite: () => Promise.resolve() },
    accounts: ACCOUNTS.map(accountOf),
    pages: createSingleFlight<QueriedPage>(),
    clock: () => new Date(),
    deadlineMs: () => 30_000,
  };
  const read = (after: string | null) => {
    const window = { toward: 'after', limit: PAGE, from: after } as const;
    const ask = {
      accounts: ACCOUNTS,
      conditions,
      direction: 'DESC',
      window,
      read: 'LEDGER',
      withTotals: false,
    } as const;
    return listRefunds(deps, ask, new AbortController().signal);
  };
  const cursors: (string | null)[] = [null];
  let rows = 0;
  for (;;) {
    const page = await read(cursors.at(-1) ?? null);
    rows += page.edges.length;
    if (!page.hasNextPage) break;
    cursors.push(page.endCursor);
  }
  const tenth = Math.floor(cursors.length / 10);
  const parts = [
    part('first tenth', 0),
    part('middle tenth', Math.floor((cursors.length - tenth) / 2)),
    part('last tenth', cursors.length - tenth - 1),
  ];
  for (let round = 0; round < ROUNDS; round++) {
    for (const { from, times } of parts) {
      const startedAt = performance.now();
      await read(cursors[from + ((round * 7) % tenth)] ?? null);
      times.push(performance.now() - startedAt);
    }
  }
  for (const { name, times } of parts) {
    const [median, slow] = [percentile(times, 0.5), percentile(times, 0.95)];
    console.log(`| ${title}: ${rows} rows, ${cursors.length} pages of ${PAGE} | ${name} | ${median} ms | ${slow} ms |`);
  }
}

const part = (name: string, from: number) => ({ name, from, times: new Array<number>() });

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What a piece of the ledger sends to the database. */
async function statementsOf(run: (db: Db) => Promise<unknown>, pool: pg.Pool): Promise<readonly Statement[]> {
  const statements: Statement[] = [];
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => void statements.push({ text: query.sql, values: query.parameters }),
  });
  await run(db);
  return statements;
}

async function explain(pool: pg.Pool, title: string, run: (db: Db) => Promise<unknown>): Promise<void> {
  for (const { text, values } of await statementsOf(run, pool)) {
    const plan = async (): Promise<readonly string[]> => {
      const { rows } = await pool.query<Record<'QUERY PLAN', string>>(`explain (analyze, buffers) ${text}`, [
        ...values,
      ]);
      return rows.map((row) => row['QUERY PLAN']);
    };
    // The first one brings the pages into memory.
    await plan();
    const lines = await plan();
    const time = lines.find((line) => line.startsWith('Execution Time'))?.replace('Execution Time: ', '') ?? '';
    const buffers = lines.find((line) => line.includes('Buffers:'))?.trim() ?? '';
    console.log(`\n### ${title}\n${time}; ${buffers}\n\n\`\`\`\n${lines.join('\n')}\n\`\`\``);
  }
}

await makeDatabase();
const ledger = await openLedger({ databaseUrl: url }, { clock: () => new Date(), newId: () => v7() });
await fill();
const { rows: versions } = await ledger.pool.query<{ version: string }>('select version()');
console.log(`${versions[0]?.version}\n\n| walk | part | median | 95 % |\n| --- | --- | --- | --- |`);
await walk(ledger, NO_CONDITIONS, 'no filter');
await walk(ledger, { ...NO_CONDITIONS, statuses: ['FAILED'] }, 'status FAILED');

const pool = new pg.Pool({ connectionString: url, max: 1, options: '-c jit=off' });
const middle: Keyset = {
  value: (FIRST.getTime() + LAST.getTime()) / 2,
  account: accountKey('library'),
  merchantRefundId: merchantRefundId('R1'),
};
const week = { createdFrom: new Date('2025-03-03T00:00:00Z'), createdBefore: new Date('2025-03-10T00:00:00Z') };
const since = { updatedFrom: week.createdFrom, updatedBefore: week.createdBefore };
/** A page: what is asked, where it begins, and in which order. */
interface Page {
  readonly after?: Keyset;
  readonly by?: OrderField;
}
const FILTERS: readonly (readonly [title: string, part: Partial<RefundConditions>, page?: Page])[] = [
  ['no filter, first page', {}],
  ['no filter, in the middle', {}, { after: middle }],
  ['no filter, near the end', {}, { after: { ...middle, value: Date.parse('2024-01-02T00:00:00Z') } }],
  ['one status', { statuses: ['FAILED'] }, { after: middle }],
  ['three statuses, one rare', { statuses: ['PENDING', 'PROCESSING', 'FAILED'] }, { after: middle }],
  ['a rare status', { statuses: ['PENDING'] }, { after: middle }],
  ['a week', week],
  ['a rare status in a week', { ...week, statuses: ['PENDING'] }],
  ['before the first refund', { createdBefore: FIRST }],
  ['merchantRefundId', { merchantRefundId: merchantRefundId('R500000') }],
  ['providerRefundId', { providerRefundId: providerRefundId('T500000') }],
  ['merchantPaymentId', { merchantPaymentId: merchantPaymentId('P250000') }],
  ['providerPaymentId', { providerPaymentId: providerPaymentId('C250000') }],
  ['providerPaymentId and a status', { providerPaymentId: providerPaymentId('C250000'), statuses: ['FAILED'] }],
  ['search: the start of an id', { search: 'R50000' }],
  ['search: the start of all ids', { search: 'R10' }],
  ['search: a word of one in a thousand', { search: 'broken' }],
  ['search: a word of almost all', { search: 'mind' }],
  ['search: two words of almost all, and a status', { search: 'changed mind', statuses: ['FAILED'] }],
  ['search: nothing', { search: 'nowhere' }],
  ['amounts', { amountFrom: '69.90', amountBelow: '70' }],
  ['many amounts', { amountFrom: '10', amountBelow: '70' }],
  ['ended in a week', { completedFrom: week.createdFrom, completedBefore: week.createdBefore }],
  ['changed in a week', since],
  ['attention', { needsAttention: true }],
  ['attention of one reason', { attention: ['STUCK'] }],
  ['by the last change', {}, { by: 'UPDATED_AT' }],
  ['by the last change, in the middle', {}, { by: 'UPDATED_AT', after: middle }],
  ['by the last change, a rare status', { statuses: ['PENDING'] }, { by: 'UPDATED_AT' }],
  ['by the last change, attention', { needsAttention: true }, { by: 'UPDATED_AT' }],
  ['by the end', {}, { by: 'COMPLETED_AT' }],
  ['by the end, in the middle', {}, { by: 'COMPLETED_AT', after: middle }],
  ['by the amount', {}, { by: 'AMOUNT' }],
  ['by the amount, in the middle', {}, { by: 'AMOUNT', after: { ...middle, value: 35 } }],
  ['by the amount, in a week', week, { by: 'AMOUNT' }],
  ['by the amount, a search', { search: 'mind' }, { by: 'AMOUNT' }],
];
for (const [title, part, { after = null, by = 'CREATED_AT' } = {}] of FILTERS) {
  const conditions = { ...NO_CONDITIONS, ...part };
  const ask = { accounts: ACCOUNTS, conditions, direction: 'DESC', by, after, limit: 21 } as const;
  await explain(pool, `A page: ${title}`, (db) => pageRows(db, ask));
}
for (const [title, part] of FILTERS.filter(([, , page]) => page === undefined)) {
  const conditions = { ...NO_CONDITIONS, ...part };
  await explain(pool, `The total: ${title}`, (db) => countRefunds(db, { accounts: ACCOUNTS, conditions }));
}
const groups = {
  accounts: ACCOUNTS,
  conditions: NO_CONDITIONS,
  byAccount: true,
  byProvider: false,
  byStatus: true,
  byAttention: false,
};
await explain(pool, 'The summary by account and status', (db) => sumRefunds(db, { ...groups, days: null }));
const accounts = new Map(ACCOUNTS.map((key) => [key, accountOf(key)]));
const byDay = { accounts: ACCOUNTS, conditions: NO_CONDITIONS, groupBy: ['DAY'] } as const;
await explain(pool, 'The summary by day', (db) => summarise({ ledger: { ...ledger, db }, accounts }, byDay));
await pool.end();
await ledger.close();
