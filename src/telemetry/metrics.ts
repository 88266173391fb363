/**
 * `/metrics`: the operator's figures, as Prometheus text. Account keys are in it; secrets, ids and amounts
 * are not.
 */
import { createServer, type RequestListener } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Tell } from '../operator/event.ts';

/** Seconds; a provider's deadline is 10 by default. */
const BUCKETS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

/**
 * Makes the figures. `countUnfinished`: unfinished refunds by account, counted when the figures are read;
 * `countNeedingAttention`: those at which a person must look, likewise.
 */
export function createMetrics(
  countUnfinished: () => Promise<
    readonly { readonly account: string; readonly status: string; readonly count: number }[]
  >,
  countNeedingAttention: () => Promise<
    readonly { readonly account: string; readonly reason: string; readonly count: number }[]
  >,
) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  const calls = new Histogram({
    name: 'refund_graph_provider_call_seconds',
    help: 'Tries of calls to providers, by how they ended: ok, abandoned, or the kind of error.',
    labelNames: ['account', 'operation', 'outcome'],
    buckets: BUCKETS,
    registers,
  });
  const breakers = new Gauge({
    name: 'refund_graph_provider_breaker_open',
    help: '1 while calls to an account fail at once without being sent; refunds, jobs and reads have one each.',
    labelNames: ['account', 'lane'],
    registers,
  });
  const refusals = new Counter({
    name: 'refund_graph_callers_refused_total',
    help: 'Requests of callers who have used up what a minute gives them, by what it was.',
    labelNames: ['what'],
    registers,
  });
  const words = new Counter({
    name: 'refund_graph_unknown_status_words_total',
    help: 'Status words of a provider that no map knows; such refunds are shown as PROCESSING.',
    labelNames: ['account'],
    registers,
  });
  const records = new Counter({
    name: 'refund_graph_unreadable_records_total',
    help: 'Records of a provider that could not be read, each time that one was met.',
    labelNames: ['account'],
    registers,
  });
  const requests = new Histogram({
    name: 'refund_graph_http_request_seconds',
    help: 'Answered HTTP requests; event streams are counted when they end.',
    labelNames: ['route', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const unfinished = new Gauge({
    name: 'refund_graph_unfinished_refunds',
    help: 'Refunds that are PENDING or PROCESSING.',
    labelNames: ['account', 'status'],
    registers,
    collect: async () => {
      unfinished.reset();
      // The database may be away; the other figures are wanted all the more then.
      const rows = await countUnfinished().catch(() => []);
      for (const { account, status, count } of rows) unfinished.set({ account, status }, count);
    },
  });

  const needingAttention = new Gauge({
    name: 'refund_graph_refunds_needing_attention',
    help: 'Refunds at which a person must look, by the first of their reasons.',
    labelNames: ['account', 'reason'],
    registers,
    collect: async () => {
      needingAttention.reset();
      const rows = await countNeedingAttention().catch(() => []);
      for (const { account, reason, count } of rows) needingAttention.set({ account, reason }, count);
    },
  });

  /** Counts the events that are worth a figure. */
  const count: Tell = (event) => {
    if (event.kind === 'call-answered' || event.kind === 'call-failed') {
      const { account, operation, outcome, ms } = event;
      calls.observe({ account, operation, outcome }, ms / 1000);
    }
    if (event.kind === 'breaker-changed') {
      const { account, lane, state } = event;
      breakers.set({ account, lane }, state === 'open' ? 1 : 0);
    }
    if (event.kind === 'caller-refused') refusals.inc({ what: event.what });
    if (event.kind === 'unknown-status') words.inc({ account: event.account });
    if (event.kind === 'unreadable-record') records.inc({ account: event.account });
    if (event.kind === 'request-answered') {
      requests.observe({ route: event.route, status: String(event.status) }, event.seconds);
    }
  };

  /** Answers `/metrics`. */
  const handler: RequestListener = (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  };

  return { count, handler };
}

/**
 * Serves the figures on their own port, so that the main one can be public. Rejects when the port is taken.
 */
export async function serveMetrics(
  { handler }: { readonly handler: RequestListener },
  host: string,
  port: number,
): Promise<{ readonly stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    if ((request.url ?? '').split('?', 1)[0] === '/metrics') handler(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
