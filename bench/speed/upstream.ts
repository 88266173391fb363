/**
 * The providers of the bench, as a process: a list of Shoutu's kind and a create of TiPay's. The address
 * says how they behave: `/ACCOUNT/DELAY/seen` or `/ACCOUNT/DELAY/new`, where DELAY is in milliseconds and
 * `new` has rows that nobody has seen before, at each call.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { CREATE_PATH, pageText, recordText, ROWS } from './records.ts';
import { serve } from './serve.ts';

const asked = z.object({
  queryPage: z.object({
    page: z.number(),
    size: z.number(),
    orders: z.array(z.object({ order: z.string() })).default([]),
  }),
});
const created = z.object({
  merchantNo: z.string(),
  orderId: z.string(),
  refundRequestId: z.string(),
  refundAmount: z.string(),
});

const seen = new Map<number, readonly string[]>();
/** Counts the rows that were made up; a second apart, from the start of the process on. */
let made = 0;
const startedAt = Date.now();

function rowsOf(account: number): readonly string[] {
  const known = seen.get(account);
  if (known !== undefined) return known;
  const rows = Array.from({ length: ROWS }, (_, nth) => recordText(account, nth));
  seen.set(account, rows);
  return rows;
}

function list(account: number, isNew: boolean, body: string): string {
  const { page, size, orders } = asked.parse(JSON.parse(body)).queryPage;
  if (isNew) {
    made += size;
    // Newest first: each row is a second older than the one before it.
    const records = Array.from({ length: size }, (_, nth) => recordText(account, made - nth, startedAt - nth * 1_000));
    return pageText(records, page, size);
  }
  const rows = rowsOf(account);
  const inOrder = orders[0]?.order === '1' ? rows.toReversed() : rows;
  return pageText(inOrder.slice((page - 1) * size, page * size), page, size);
}

function create(body: string): string {
  const { merchantNo, orderId, refundRequestId, refundAmount } = created.parse(JSON.parse(body));
  const data = {
    code: 'OPR00000',
    message: 'ok',
    merchantNo,
    orderId,
    refundRequestId,
    uniqueRefundNo: `UNIQUE${refundRequestId}`,
    status: 'PROCESSING',
    refundAmount,
    refundRequestDate: '2026-10-31 12:00:00',
  };
  return JSON.stringify({ code: 200, success: true, data, msg: '' });
}

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const [, account = '', delay = '', kind = ''] = (request.url ?? '').split('/');
  const text = request.url?.endsWith(CREATE_PATH) === true ? create(body) : list(Number(account), kind === 'new', body);
  const send = (): void => {
    const bytes = Buffer.from(text);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
  };
  if (Number(delay) > 0) setTimeout(send, Number(delay));
  else send();
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    // Nothing but lists and creates is answered here.
    if (request.method === 'POST') answer(request, response, Buffer.concat(chunks).toString());
    else response.writeHead(404).end();
  });
});
await serve(server);
