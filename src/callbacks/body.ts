/** Reads the bytes of a request, up to a limit, and drops the rest of a longer one. */
import type { IncomingMessage } from 'node:http';

/** Largest body of a callback, in bytes. Real ones have a few hundred. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Reads a body; 'too-large' as soon as that is known. Throws when the client goes away. */
export async function readBody(request: IncomingMessage): Promise<Buffer | 'too-large'> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return 'too-large';
  const chunks: Buffer[] = [];
  let size = 0;
  // Left early, the request must live on: its answer is not written yet.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new Error('a request of this server is read as bytes');
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return 'too-large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** More than this is not read for politeness, in bytes and milliseconds. */
const MOST_IGNORED_BYTES = 1024 * 1024;
const MOST_IGNORED_MS = 2_000;

/**
 * Reads on and drops what comes. Some clients read an answer only after they have sent everything, and would
 * meet a closed connection. Resolves at the end of the body, or when enough was read.
 */
export function ignoreRest(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let size = 0;
    const enough = setTimeout(resolve, MOST_IGNORED_MS);
    const end = (): void => {
      clearTimeout(enough);
      resolve();
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_IGNORED_BYTES) end();
    });
    request.once('end', end).once('error', end).once('close', end);
    if (request.readableEnded || request.destroyed) end();
    else request.resume();
  });
}
