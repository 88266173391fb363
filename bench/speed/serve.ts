/** How a process of the bench begins: it listens on a free port, and writes its address on a line. */
import { once } from 'node:events';
import type { Server } from 'node:http';

/** Listens on loopback, and says where on the first line of its output. */
export async function serve(server: Server): Promise<void> {
  server.keepAliveTimeout = 75_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.stdout.write(`ready: http://127.0.0.1:${address.port}\n`);
}
