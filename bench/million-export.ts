/**
 * The file of the refunds of bench/million.ts, taken over HTTP from a server in a process of its own. Prints
 * for each tenth the rows, the bytes and the time so far, and what memory the server had at most meanwhile:
 * it must not grow.
 *
 * Run: npx node bench/million-export.ts [URL of the database, filled by bench/million.ts]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 } from 'uuid';
import { z } from 'zod';
import { schema } from '../src/graphql/schema.ts';
import { createRefundExport } from '../src/http/export/export-refunds.ts';
import { anybody } from '../src/http/identity.ts';
import { openBills } from '../src/ledger/bills.ts';
import { openLedger } from '../src/ledger/database/database.ts';
import { findPaymentIds } from '../src/ledger/payment/payments.ts';
import { accountKey } from '../src/refunds/ids.ts';
import { exportPages } from '../src/services/reading/export.ts';
import { accountOf } from './million-accounts.ts';

const url = process.argv[2] ?? 'postgres://postgres@127.0.0.1:5432/refund_graph_million';
const ROWS = 1_000_000;
const told = z.object({ port: z.number() }).or(z.object({ rssMb: z.number() }));

if (process.send === undefined) await read();
else await serve();

async function serve(): Promise<void> {
  const clock = () => new Date();
  const ledger = await openLedger({ databaseUrl: url }, { clock, newId: () => v7() });
  const accounts = new Map(['library', 'blue', 'chain'].map(accountKey).map((key) => [key, accountOf(key)]));
  const noLimit = { providerCalls: 0, databaseMs: 0, refunds: 0, answerKib: 0 };
  const handler = createRefundExport({
    schema,
    services: {
      accounts,
      exportPages: (request) => exportPages(ledger, request),
      paymentIds: (asked) => findPaymentIds(ledger.db, asked),
    },
    identify: anybody,
    bills: openBills(ledger, noLimit, () => undefined),
    isTrustedProxy: () => false,
    clock,
    newId: () => v7(),
    tell: () => undefined,
  });
  const server = createServer((request, response) => void handler(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address: AddressInfo | string | null = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
  setInterval(() => process.send?.({ rssMb: process.memoryUsage.rss() / 2 ** 20 }), 100);
}

async function read(): Promise<void> {
  const child = fork(import.meta.filename, [url]);
  const port = Promise.withResolvers<number>();
  let peak = 0;
  child.on('message', (message) => {
    const heard = told.parse(message);
    if ('port' in heard) port.resolve(heard.port);
    else peak = Math.max(peak, heard.rssMb);
  });
  try {
    for (const encoding of ['identity', 'gzip']) {
      const startedAt = performance.now();
      const headers = { 'accept-encoding': encoding };
      const answer = await fetch(`http://127.0.0.1:${await port.promise}/export/refunds.csv`, { headers });
      // The first line names the columns.
      let [bytes, rows, tenths] = [0, -1, 0];
      const seconds = () => ((performance.now() - startedAt) / 1_000).toFixed(0);
      peak = 0;
      for await (const part of answer.body ?? []) {
        bytes += part.length;
        // No reason of these refunds has a line break in it.
        for (const byte of part) if (byte === 10) rows += 1;
        if (rows < ((tenths + 1) * ROWS) / 10) continue;
        tenths += 1;
        console.log(
          `| ${encoding} | ${rows} | ${(bytes / 1e6).toFixed(0)} MB | ${seconds()} s | ${peak.toFixed(0)} MB |`,
        );
        peak = 0;
      }
      if (rows !== ROWS) throw new Error(`The file has ${rows} refunds.`);
    }
  } finally {
    child.kill();
  }
}
