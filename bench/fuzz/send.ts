/** Sends one hostile input, and says how it was answered. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { Hostile } from './inputs.ts';

/** An answer that takes longer than this hangs. */
const LATE_MS = 20_000;
/** How long a WebSocket or half a request is listened to, in milliseconds. */
const LISTEN_MS = 200;
const HALF_MS = 500;

export interface Answered {
  /** Of HTTP, or the code with which a WebSocket was closed. */
  readonly status: number;
  readonly text: string;
}

/** `status` 0: there was none. The text `hangs`: no answer came in time. */
export async function answerTo(
  input: Hostile,
  to: { readonly url: string; readonly token: string | null },
): Promise<Answered> {
  try {
    return await send(input, to);
  } catch (error) {
    return { status: 0, text: error instanceof Error && error.name === 'TimeoutError' ? 'hangs' : '' };
  }
}

async function send(
  input: Hostile,
  { url, token }: { readonly url: string; readonly token: string | null },
): Promise<Answered> {
  const bearer: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const json = { ...bearer, 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(LATE_MS);
  const ask = async (path: string, options: RequestInit): Promise<Answered> => {
    const response = await fetch(`${url}${path}`, { ...options, signal });
    return { status: response.status, text: await response.text() };
  };
  switch (input.kind) {
    case 'post':
      return ask('/graphql', { method: 'POST', headers: json, body: input.text });
    case 'get':
      return ask(`/graphql?query=${input.text}`, { headers: bearer });
    case 'callback':
      return ask('/notify/chain', { method: 'POST', headers: json, body: input.text });
    case 'signed': {
      const { account, contentType, headers = {}, body } = input.callback;
      return ask(`/notify/${account}`, { method: 'POST', headers: { ...headers, 'content-type': contentType }, body });
    }
    case 'method':
      return ask('/graphql', { method: input.text, headers: json });
    case 'raw':
      return overBytes(new URL(url), input.text);
    case 'socket':
      return overSocket(url, input.messages, token);
  }
}

async function overBytes({ hostname, port }: URL, bytes: string): Promise<Answered> {
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  // Half a request is waited for: its end says that nothing more comes.
  socket.end(bytes, 'latin1');
  let heard = '';
  socket.setTimeout(HALF_MS, () => socket.destroy()).on('data', (part: Buffer) => (heard += part.toString()));
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1] ?? 0), text: heard };
}

/** Without a token the messages come before anything was agreed; with one, after the server's yes. */
async function overSocket(url: string, messages: readonly string[], token: string | null): Promise<Answered> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed: Promise<unknown[]> = once(socket, 'close');
  let heard = '';
  const say = (): void => {
    for (const message of messages) socket.send(message);
    setTimeout(() => socket.close(), LISTEN_MS);
  };
  socket.on('error', () => socket.terminate());
  socket.on('message', (data: Buffer) => {
    if (heard === '' && token !== null) say();
    heard += data.toString();
  });
  socket.on('open', () => {
    if (token === null) return say();
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  });
  const late = setTimeout(() => socket.terminate(), LATE_MS);
  const [code] = await closed;
  clearTimeout(late);
  return { status: Number(code), text: heard };
}
