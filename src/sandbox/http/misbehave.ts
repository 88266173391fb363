/** The answers of a bad day. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Answer } from '../simulation.ts';
import type { Behaviour } from './behaviour.ts';

/** More than any client should read: 64 MiB. */
const HUGE = 64 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

const HTML = '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>';

function* hugeText(): Generator<Buffer> {
  yield Buffer.from('{"padding":"');
  for (let sent = 0; sent < HUGE; sent += CHUNK.length) yield CHUNK;
  yield Buffer.from('"}');
}

/** What is sent, and as what; null: nothing ever. */
function content(behaviour: Behaviour, text: string): { readonly type: string; readonly parts: Iterable<Buffer> } {
  switch (behaviour.garbage) {
    case 'html':
      return { type: 'text/html; charset=utf-8', parts: [Buffer.from(HTML)] };
    case 'huge':
      return { type: 'application/json', parts: hugeText() };
    case 'empty':
      return { type: 'application/json', parts: [] };
    case 'truncated': {
      const whole = Buffer.from(text);
      return { type: 'application/json', parts: [whole.subarray(0, Math.floor(whole.length / 2))] };
    }
    case undefined:
      return { type: 'application/json; charset=utf-8', parts: [Buffer.from(text)] };
  }
}

/** Answers as the behaviour says; `answer` is what it leaves whole, or cuts. */
export function misbehave(response: ServerResponse, behaviour: Behaviour, answer: Answer): void {
  if (behaviour.hang) return;
  if (behaviour.reset || behaviour.answerLost) {
    response.socket?.resetAndDestroy();
    return;
  }
  if (behaviour.redirect) {
    response.writeHead(behaviour.status ?? 302, { location: '/elsewhere', 'content-length': 0 });
    response.end();
    return;
  }
  const { type, parts } = content(behaviour, answer.body);
  const headers = {
    'content-type': type,
    ...(behaviour.garbage === undefined ? answer.headers : {}),
    ...(behaviour.gzip ? { 'content-encoding': 'gzip' } : {}),
    ...(behaviour.retryAfterS === undefined ? {} : { 'retry-after': String(behaviour.retryAfterS) }),
  };
  response.writeHead(behaviour.status ?? answer.status ?? 200, headers);
  const source = Readable.from(parts, { objectMode: false });
  const sending = behaviour.gzip ? pipeline(source, createGzip(), response) : pipeline(source, response);
  // A client that has read enough may hang up in the middle.
  sending.catch(() => response.destroy());
}
