/**
 * The server of `bench/subscribers.ts`: the front door over a ledger, with a writer. Its parent says how much
 * to write.
 */
import { setImmediate as others, setTimeout as pause } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { v7 } from 'uuid';
import { z } from 'zod';
import { openLedger } from '../src/ledger/database/database.ts';
import { accountKey, merchantRefundId } from '../src/refunds/ids.ts';
import { observe } from '../src/services/observation/observe.ts';
import { openFrontDoor } from '../test/support/front-door.ts';
import { refundUpdate } from '../test/support/refund-update.ts';

const databaseUrl = process.env['DATABASE_URL'];
const ledger = await openLedger(databaseUrl === undefined ? { lite: await PGlite.create() } : { databaseUrl }, {
  clock: () => new Date(),
  newId: () => v7(),
});
/**
 * The most processor time, in milliseconds, before the event loop turned. Time that other processes took is
 * not counted.
 */
let standstillMs = 0;
let seen = process.cpuUsage();
setInterval(() => {
  const { user, system } = process.cpuUsage(seen);
  seen = process.cpuUsage();
  standstillMs = Math.max(standstillMs, (user + system) / 1_000);
}, 5);
const door = await openFrontDoor(ledger);
const account = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: false } as const;

const asked = z.object({ count: z.number(), pauseMs: z.number() });

async function write({ count, pauseMs }: z.infer<typeof asked>): Promise<void> {
  const committedAt: number[] = [];
  const run = v7();
  for (let index = 0; index < count; index += 1) {
    const updates = refundUpdate({ merchantRefundId: merchantRefundId(`${run}-${index}`), merchantPaymentId: null });
    await observe(ledger, account, [updates], { via: 'POLL', at: new Date(), queriedAt: new Date() });
    committedAt.push(performance.timeOrigin + performance.now());
    // The embedded database works in this process and would block everything else.
    await (pauseMs === 0 ? others() : pause(pauseMs));
  }
  process.send?.({ committedAt });
}

process.on('message', (told) => {
  const { data } = asked.safeParse(told);
  if (told === 'watch') {
    standstillMs = 0;
  } else if (data !== undefined) void write(data);
  else process.send?.({ followers: door.feed.followers(), standstillMs });
});
process.send?.({ url: door.url });
