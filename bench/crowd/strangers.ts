/** What sockets of a stranger hold of the server's memory. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Measured } from '../dearest/measured.ts';

/** What a stranger sends first, and never reads an answer to. */
const MANNERS = {
  silent: '',
  'half a request':
    'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 200000\r\n\r\n{',
  'GraphiQL, not read': 'GET /graphql HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n\r\n'.repeat(20),
  'WebSockets without a word':
    'GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
} as const;
const HELD_MS = 3_000;

/** Opens so many sockets in each manner, and says by how many MiB the server grew while they were open. */
export async function holdSockets(server: Measured, count: number): Promise<Readonly<Record<string, number>>> {
  const { hostname, port } = new URL(server.url);
  const held: Record<string, number> = {};
  for (const [manner, text] of Object.entries(MANNERS)) {
    const before = (await server.memory()).rss;
    const sockets = await Promise.all(Array.from({ length: count }, () => open(Number(port), hostname, text)));
    await pause(HELD_MS);
    held[manner] = Math.max(0, (await server.memory()).rss - before) / 2 ** 20;
    for (const socket of sockets) socket.destroy();
    await pause(HELD_MS);
  }
  return held;
}

async function open(port: number, host: string, text: string): Promise<Socket> {
  const socket = connect(port, host);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.pause();
  if (text !== '') socket.write(text);
  return socket;
}
