/** A way to the database that can fall silent: connections stay open, and nothing comes through any more. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SilentProxy {
  /** The database by way of the proxy. */
  readonly databaseUrl: string;
  /** Lets nothing through, old connections and new ones, until told otherwise. */
  readonly beSilent: (silent: boolean) => void;
  readonly close: () => Promise<void>;
}

export async function openSilentProxy(databaseUrl: string): Promise<SilentProxy> {
  const there = new URL(databaseUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let isSilent = false;
  const server = createServer((near) => {
    const far = connect(Number(there.port || 5432), there.hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (bytes) => {
        if (!isSilent) to.write(bytes);
      });
      from.on('error', () => undefined);
      from.once('close', () => {
        pairs.delete(pair);
        if (!isSilent) to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = new URL(databaseUrl);
  here.hostname = '127.0.0.1';
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  here.port = String((server.address() as AddressInfo).port);
  return {
    databaseUrl: here.href,
    beSilent: (silent) => {
      isSilent = silent;
    },
    close: async () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
