/** Sends hostile inputs to a server of its own, and says what did not hold. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { streamOf } from '../chaos/chance.ts';
import { nextInput, type Hostile } from './inputs.ts';

const SECRET = 'the secret of the fuzz, which must be nowhere';
/** An answer that takes longer than this hangs. */
const LATE_MS = 20_000;
/** The heap after a collection may grow so much after the first half: caches fill, and are bounded. */
const GROWTH_BYTES = 48 * 1024 * 1024;
/** What must stand in no answer and in no line: secrets, places of ours, and defects. */
const NEVER = [SECRET, 'BEGIN PRIVATE', 'node_modules', 'failed unexpectedly', 'INTERNAL_SERVER_ERROR'];

export interface Verdict {
  readonly sent: number;
  /** Each with the input that showed it. */
  readonly broken: readonly string[];
  readonly heaps: readonly number[];
}

/** Sends so many inputs, twelve at once. The same seed sends the same. */
export async function runFuzz({ inputs, seed }: { readonly inputs: number; readonly seed: number }): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'refund-fuzz-'));
  const child = fork(join(import.meta.dirname, 'server.ts'), [], {
    execArgv: ['--expose-gc'],
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: folder,
      PORT: '0',
      SANDBOX: 'yes',
      LOG_LEVEL: 'info',
      AUTH: 'jwt',
      JWT_SECRET: SECRET,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const broken: string[] = [];
  const look = (text: string, input: string): void => {
    for (const word of NEVER) if (text.includes(word)) broken.push(`${word} after ${input.slice(0, 300)}`);
  };
  let last = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => look(part.toString(), last));
  child.once(
    'exit',
    (code) => void (code === 0 || broken.push(`the server ended with ${code} after ${last.slice(0, 300)}`)),
  );
  try {
    const started: unknown[] = await once(child, 'message');
    const { url } = z.object({ url: z.string() }).parse(started[0]);
    const token = await new SignJWT({ scope: 'refunds:read', accounts: '*' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('9h')
      .sign(Buffer.from(SECRET));
    const heap = async (): Promise<number> => {
      child.send('heap');
      const told: unknown[] = await once(child, 'message');
      return z.object({ heap: z.number() }).parse(told[0]).heap;
    };
    const random = streamOf(seed, 'fuzz');
    const heaps = [await heap()];
    let sent = 0;
    const send = async (): Promise<void> => {
      const input = nextInput(random);
      sent += 1;
      last = JSON.stringify(input);
      const answer = await answerTo(input, { url, token: sent % 3 === 0 ? null : token }).catch((error: unknown) => ({
        status: 0,
        text: error instanceof Error && error.name === 'TimeoutError' ? 'hangs' : '',
      }));
      if (answer.status === 500 || answer.status === 4500 || answer.text === 'hangs') {
        broken.push(`${answer.status} ${answer.text.slice(0, 100)} after ${JSON.stringify(input).slice(0, 300)}`);
      }
      look(answer.text, JSON.stringify(input));
    };
    for (let half = 1; half <= 2; half += 1) {
      const worker = async (): Promise<void> => {
        while (sent < (inputs * half) / 2 && child.exitCode === null) await send();
      };
      await Promise.all(Array.from({ length: 12 }, worker));
      if (child.exitCode === null) heaps.push(await heap());
    }
    const [, middle = 0, end = 0] = heaps;
    if (end - middle > GROWTH_BYTES) broken.push(`the heap grew by ${end - middle} bytes in the second half`);
    return { sent, broken, heaps };
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

async function answerTo(
  { kind, text }: Hostile,
  to: { readonly url: string; readonly token: string | null },
): Promise<Answered> {
  const { url, token } = to;
  const bearer: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const json = { ...bearer, 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(LATE_MS);
  const ask = async (path: string, options: RequestInit): Promise<Answered> => {
    const response = await fetch(`${url}${path}`, { ...options, signal });
    return { status: response.status, text: await response.text() };
  };
  switch (kind) {
    case 'post':
      return ask('/graphql', { method: 'POST', headers: json, body: text });
    case 'get':
      return ask(`/graphql?query=${text}`, { headers: bearer });
    case 'callback':
      return ask('/notify/chain', { method: 'POST', headers: json, body: text });
    case 'method':
      return ask('/graphql', { method: text, headers: json });
    case 'raw':
      return overBytes(new URL(url), text);
    case 'socket':
      return overSocket(url, text, token);
  }
}

async function overBytes({ hostname, port }: URL, bytes: string): Promise<Answered> {
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  // Half a request is waited for: its end says that nothing more comes.
  socket.end(bytes, 'latin1');
  let heard = '';
  socket.setTimeout(2_000, () => socket.destroy()).on('data', (part: Buffer) => (heard += part.toString()));
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1] ?? 0), text: heard };
}

async function overSocket(url: string, message: string, token: string | null): Promise<Answered> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  let heard = '';
  socket.on('error', () => socket.terminate());
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token ?? 'x'}` } }));
    socket.send(message);
  });
  socket.on('message', (data: Buffer) => {
    heard += data.toString();
    if (!heard.includes('"connection_ack"') || /"type":"(?:next|error|complete)"/.test(heard)) socket.close();
  });
  const late = setTimeout(() => socket.terminate(), 2_000);
  const closed: unknown[] = await once(socket, 'close');
  clearTimeout(late);
  return { status: Number(closed[0]), text: heard };
}
