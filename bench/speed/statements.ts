/** Statements and round trips of a server, counted on the wire between it and PostgreSQL. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { spreadOf } from './rounds.ts';

export interface Counter {
  /** The database's address through the counter. */
  readonly url: string;
  readonly counts: () => Counts;
  readonly close: () => void;
}

interface Counts {
  readonly statements: number;
  readonly roundTrips: number;
}

/** Opens a counter in front of a database. */
export async function openCounter(databaseUrl: string): Promise<Counter> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let [statements, roundTrips] = [0, 0];
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    const read = messages((type) => {
      // Query, Execute; Query, Sync.
      if (type === 'Q' || type === 'E') statements += 1;
      if (type === 'Q' || type === 'S') roundTrips += 1;
    });
    client.on('data', read);
    client.pipe(upstream).pipe(client);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = new URL(databaseUrl);
  url.port = String(address.port);
  return {
    url: url.href,
    counts: () => ({ statements, roundTrips }),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Hears the type of every message of a client; the first has none. */
function messages(hear: (type: string) => void): (chunk: Buffer) => void {
  let left = Buffer.alloc(0);
  let isFirst = true;
  return (chunk) => {
    left = Buffer.concat([left, chunk]);
    for (;;) {
      const head = isFirst ? 0 : 1;
      if (left.length < head + 4) return;
      const size = head + left.readInt32BE(head);
      if (left.length < size) return;
      if (!isFirst) hear(String.fromCodePoint(left[0] ?? 0));
      isFirst = false;
      left = left.subarray(size);
    }
  };
}

/** What one request takes, in words: the median of so many, one after the other. */
export async function counted({ counts }: Counter, times: number, request: () => Promise<unknown>): Promise<string> {
  const seen: Counts[] = [];
  for (let nth = 0; nth < times; nth += 1) {
    const before = counts();
    await request();
    // What it leaves for afterwards counts, too.
    await pause(20);
    const after = counts();
    seen.push({
      statements: after.statements - before.statements,
      roundTrips: after.roundTrips - before.roundTrips,
    });
  }
  const median = (name: keyof Counts): number => spreadOf(seen.map((one) => one[name])).median;
  return `${median('statements')} statements, ${median('roundTrips')} round trips`;
}
