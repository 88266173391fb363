/**
 * How many subscribers one server carries: `npx node bench/subscribers.ts [subscribers, 2000] [events, 200]
 * [milliseconds between events, 0]`.
 *
 * The server is its own process. With DATABASE_URL a second server over the same database writes the events.
 * Without it the database is embedded, and the one server writes them, too. The subscribers are in this
 * process: half over SSE, half over WebSocket with 20 on each socket. One more subscriber reads nothing. One
 * event is one transaction.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';

const SUBSCRIBERS = Number(process.argv[2] ?? 2_000);
const EVENTS = Number(process.argv[3] ?? 200);
const PAUSE_MS = Number(process.argv[4] ?? 0);
const PER_SOCKET = 20;
const QUERY = 'subscription { refundEvents { cursor status refund { id amount { amount currency } } } }';

const start = (): ChildProcess =>
  fork(new URL('subscribers-server.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
const server = start();
const told = async (server: ChildProcess): Promise<Readonly<Record<string, unknown>>> => {
  const messages: readonly unknown[] = await once(server, 'message');
  const [message] = messages;
  return typeof message === 'object' && message !== null ? { ...message } : {};
};
const memory = (): string => {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
  return `${Math.round(Number(kilobytes) / 1024)} MiB`;
};

/** Of the server, user and system; clock ticks are hundredths. */
const cpuSeconds = (): number => {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

const { url } = await told(server);
const writer = process.env['DATABASE_URL'] === undefined ? server : start();
if (writer !== server) await told(writer);
if (typeof url !== 'string') throw new Error('the server told no address');
const empty = memory();

let delivered = 0;
let lastAt = 0;
const firstAt: number[] = [];
const allAt: number[] = [];
const perSubscriber = Array.from({ length: SUBSCRIBERS }, () => 0);

function receive(subscriber: number): void {
  const now = performance.timeOrigin + performance.now();
  const nth = perSubscriber[subscriber] ?? 0;
  perSubscriber[subscriber] = nth + 1;
  firstAt[nth] ??= now;
  allAt[nth] = now;
  delivered += 1;
  lastAt = now;
}

for (let subscriber = 0; subscriber < SUBSCRIBERS / 2; subscriber += 1) {
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
  const asked = request(url, { method: 'POST', headers, agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (text: string) => {
      for (let at = text.indexOf('event: next'); at >= 0; at = text.indexOf('event: next', at + 1)) receive(subscriber);
    });
  });
  asked.end(JSON.stringify({ query: QUERY }));
}
for (let first = SUBSCRIBERS / 2; first < SUBSCRIBERS; first += PER_SOCKET) {
  const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0 });
  for (let subscriber = first; subscriber < Math.min(first + PER_SOCKET, SUBSCRIBERS); subscriber += 1) {
    const fail = (cause: unknown): never => {
      throw new Error('a subscription broke', { cause });
    };
    client.subscribe({ query: QUERY }, { next: () => receive(subscriber), error: fail, complete: () => undefined });
  }
}
const stuck = connect(Number(new URL(url).port), '127.0.0.1').pause();
const body = JSON.stringify({ query: QUERY });
stuck.write(
  `POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
);

for (;;) {
  server.send('count');
  if ((await told(server))['followers'] === SUBSCRIBERS + 1) break;
  await pause(100);
}
const subscribed = memory();

const cpuBefore = cpuSeconds();
server.send('watch');
writer.send({ count: EVENTS, pauseMs: PAUSE_MS });
const { committedAt } = await told(writer);
if (!Array.isArray(committedAt)) throw new Error('the server told no times');
const commits = committedAt.map(Number);
const expected = SUBSCRIBERS * EVENTS;
for (const startedAt = performance.now(); delivered < expected && performance.now() - startedAt < 120_000;)
  await pause(10);
const cpu = cpuSeconds() - cpuBefore;
server.send('count');
const standstillMs = Number((await told(server))['standstillMs']);
await pause(100);

const percentile = (values: readonly number[], share: number): string => {
  const sorted = values.toSorted((one, other) => one - other);
  return `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)} ms`;
};
const delays = (at: readonly number[]): string => {
  const values = at.map((time, index) => time - (commits[index] ?? 0));
  return `p50 ${percentile(values, 0.5)}, p99 ${percentile(values, 0.99)}`;
};
console.log(`subscribers                  ${SUBSCRIBERS} (and one that reads nothing)`);
console.log(
  `events                       ${EVENTS}, written in ${Math.round((commits.at(-1) ?? 0) - (commits[0] ?? 0))} ms`,
);
console.log(
  `delivered                    ${delivered} of ${expected}, ${new Set(perSubscriber).size === 1 ? 'the same to each' : 'NOT the same to each'}`,
);
console.log(`last commit to last delivery ${Math.round(lastAt - (commits.at(-1) ?? 0))} ms`);
console.log(`commit to first subscriber   ${delays(firstAt)}`);
console.log(`commit to last subscriber    ${delays(allAt)}`);
console.log(
  `server's processor time      ${cpu.toFixed(1)} s, ${((1_000_000 * cpu) / delivered).toFixed(0)} µs each delivery`,
);
console.log(`server's longest standstill   ${Math.round(standstillMs)} ms`);
console.log(`server's memory              ${empty} empty, ${subscribed} subscribed, ${memory()} after the last event`);
server.kill('SIGKILL');
writer.kill('SIGKILL');
process.exit(delivered === expected ? 0 : 1);
