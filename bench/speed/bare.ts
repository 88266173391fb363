/**
 * The bare handlers, as a process: the same work as the product's with node:http and the driver alone,
 * without identity, limits, checks or a ledger. DATABASE_URL is a database of their own.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { Agent } from 'undici';
import { z } from 'zod';
import { CREATE_PATH, LIST_PATH, PAGE, recordText, ROWS } from './records.ts';
import { serve } from './serve.ts';

/** Read as it is: a bare handler checks nothing. */
interface Wire {
  readonly data: { readonly records: readonly Readonly<Record<string, string>>[] };
}

const upstream = process.env['UPSTREAM'] ?? '';
const databaseUrl = process.env['DATABASE_URL'];
const agent = new Agent({ connections: 32, pipelining: 1 });
const pool = databaseUrl === undefined ? null : new pg.Pool({ connectionString: databaseUrl, max: 10 });

const STATUSES: Readonly<Record<string, string>> = { 2: 'SUCCEEDED', 3: 'FAILED' };
const instant = (text: string | undefined): string | null =>
  text === undefined || text === '' ? null : new Date(Date.parse(`${text.replace(' ', 'T')}+08:00`)).toISOString();
const money = (minor: string | undefined) => ({ amount: (Number(minor) / 100).toFixed(2), currency: 'CNY' });

function shown(row: Readonly<Record<string, string>>, account: string) {
  return {
    id: `${account}:${row['mchRefundNo']}`,
    provider: 'SHOUTU',
    merchantRefundId: row['mchRefundNo'],
    providerRefundId: row['channelOrderNo'],
    status: STATUSES[row['refundState'] ?? ''] ?? 'PROCESSING',
    reason: row['refundReason'],
    createdAt: instant(row['createdTime']),
    completedAt: instant(row['successTime']),
    amount: money(row['refundAmount']),
    account: { key: account },
  };
}

async function list(path: string): Promise<object> {
  const [, , account = ''] = path.split('/');
  const answer = await agent.request({
    origin: upstream,
    path: `${path.slice('/list'.length)}${LIST_PATH}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ queryPage: { page: 1, size: PAGE } }),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a bare handler checks nothing
  const { data } = (await answer.body.json()) as Wire;
  const nodes = data.records.map((row) => shown(row, `library${account}`));
  return { data: { refunds: { nodes, pageInfo: { hasNextPage: true, endCursor: nodes.at(-1)?.id ?? null } } } };
}

/** Columns instead of a record: what a prepared statement gives is the answer. */
const SHOWN = `id, provider, merchant_refund_id as "merchantRefundId", provider_refund_id as "providerRefundId", status,
  reason, created_at as "createdAt", completed_at as "completedAt", amount, account`;

async function stored(from: pg.Pool, path: string): Promise<object> {
  const [, , account = '', offset = ''] = path.split('/');
  const text = `select ${SHOWN} from bare_refunds where account = $1 order by created_at desc, id desc limit $2 offset $3`;
  const { rows } = await from.query<object>({
    name: 'list',
    text,
    values: [`library${account}`, PAGE, Number(offset)],
  });
  return { data: { refunds: { nodes: rows, pageInfo: { hasNextPage: true, endCursor: null } } } };
}

async function one(from: pg.Pool, path: string): Promise<object> {
  const [, , id = ''] = path.split('/');
  const { rows } = await from.query<object>({
    name: 'one',
    text: `select ${SHOWN} from bare_refunds where id = $1`,
    values: [id],
  });
  return { data: { refund: rows[0] ?? null } };
}

const wanted = z.object({ variables: z.object({ input: z.looseObject({ idempotencyKey: z.string() }) }) });

async function create(into: pg.Pool, body: string): Promise<object> {
  const { input } = wanted.parse(JSON.parse(body)).variables;
  await into.query({
    name: 'insert',
    text: `insert into bare_creates (id, state, body) values ($1, 'PENDING', $2)`,
    values: [input.idempotencyKey, body],
  });
  const sent = { merchantNo: 'M', orderId: 'O', refundRequestId: input.idempotencyKey, refundAmount: '1.00' };
  const answer = await agent.request({
    origin: upstream,
    path: `/0/0/seen${CREATE_PATH}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sent),
  });
  const said = await answer.body.text();
  await into.query({
    name: 'update',
    text: `update bare_creates set state = 'PROCESSING', answer = $2 where id = $1`,
    values: [input.idempotencyKey, said],
  });
  return { data: { createRefund: { refund: { id: input.idempotencyKey, status: 'PROCESSING' } } } };
}

async function answer(path: string, body: Buffer): Promise<string> {
  if (path.startsWith('/list/')) return JSON.stringify(await list(path));
  if (pool === null) throw new Error('no DATABASE_URL');
  if (path.startsWith('/stored/')) return JSON.stringify(await stored(pool, path));
  if (path.startsWith('/one/')) return JSON.stringify(await one(pool, path));
  if (path.startsWith('/notify/')) {
    await pool.query({ name: 'keep', text: 'insert into bare_callbacks (body) values ($1)', values: [body] });
    return 'SUCCESS';
  }
  return JSON.stringify(await create(pool, body.toString()));
}

async function prepare(made: pg.Pool): Promise<void> {
  await made.query(`
    create table bare_refunds (id text primary key, account text not null, provider text not null,
      merchant_refund_id text not null, provider_refund_id text, status text not null, reason text,
      created_at timestamptz not null, completed_at timestamptz, amount jsonb not null);
    create index on bare_refunds (account, created_at desc, id desc);
    create table bare_creates (id text primary key, state text not null, body text not null, answer text);
    create table bare_callbacks (id bigint generated always as identity primary key, body bytea not null)`);
  for (let nth = 0; nth < ROWS; nth += 1) {
    const row = shown(z.record(z.string(), z.string()).parse(JSON.parse(recordText(0, nth))), '0');
    const values = [row.merchantRefundId, 'library0', row.provider, row.merchantRefundId, row.providerRefundId];
    await made.query(`insert into bare_refunds values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, [
      ...values,
      row.status,
      row.reason,
      row.createdAt,
      row.completedAt,
      row.amount,
    ]);
  }
  await made.query('analyze bare_refunds');
}

if (pool !== null) await prepare(pool);
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    answer(request.url ?? '', Buffer.concat(chunks)).then(
      (text) => response.writeHead(200, { 'content-type': 'application/json' }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
});
await serve(server);
