/** Small pieces of HTTP that the provider servers and the control server share. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from '../simulation.ts';

const MAX_BODY = 1_048_576;

/** The whole body as text; null when it is too large or not UTF-8. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size <= MAX_BODY) chunks.push(bytes);
  }
  if (size > MAX_BODY) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    return null;
  }
}

/** Answers JSON text, or text of the type that the answer's headers name. */
export function answerText(response: ServerResponse, { status = 200, headers, body }: Answer): void {
  const bytes = Buffer.from(body, 'utf8');
  const type = { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(status, { ...type, ...headers, 'content-length': bytes.length });
  response.end(bytes);
}

/** Listens and says at which address. Rejects when the port is taken. */
export function listen(server: Server, host: string, port: number): Promise<string> {
  // Longer than clients keep idle connections, so that none is closed under a request that is just coming.
  server.keepAliveTimeout = 30_000;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(`http://${reachable(host)}:${portOf(server.address())}`);
    });
  });
}

/** An address to call: a server on all addresses is reached on loopback; IPv6 stands in brackets. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

/** Closes a server and every connection it has. */
export function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
