/** The side door: `POST /notify/ACCOUNT`. Bytes in, an acknowledgement out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProviderAccount } from '../providers/provider.ts';
import type { Clock } from '../flow/clock.ts';
import { isTemporary, type Receive, type Received } from '../services/receive.ts';
import { writeAnswer, type CallbackAnswer } from './answer.ts';
import { ignoreRest, readBody } from './body.ts';
import { senderOf, type Addresses } from './sender.ts';

/** What became of one request, for the log and the gauges. */
export interface CallbackReport {
  readonly account: string;
  readonly sender: string | null;
  readonly answer: CallbackAnswer['kind'];
  /** Where it came as far as being read. */
  readonly received: Received | null;
  readonly error: unknown;
}

export interface CallbackRouteDeps {
  readonly accounts: Iterable<ProviderAccount>;
  /** The addresses from which an account's callbacks may come; null: all. */
  readonly allowed: (account: ProviderAccount) => Addresses | null;
  readonly isTrustedProxy: Addresses;
  readonly receive: Receive;
  readonly clock: Clock;
  /** Must not throw. */
  readonly report: (report: CallbackReport) => void;
}

interface Door {
  readonly account: ProviderAccount;
  readonly allowed: Addresses | null;
}

/** What is known of a request before its answer is. */
interface Heard {
  readonly answer: CallbackAnswer;
  readonly received?: Received;
  readonly error?: unknown;
}

const MEDIA_TYPE = /^application\/(json|x-www-form-urlencoded)\s*(;|$)/i;
/** It is kept beside the body. */
const LONGEST_CONTENT_TYPE = 200;

/** Makes the handler of everything under `/notify/`. */
export function createCallbackRoute(deps: CallbackRouteDeps) {
  const { isTrustedProxy, receive, clock, report } = deps;
  const doors = new Map<string, Door>();
  for (const account of deps.accounts) doors.set(account.key, { account, allowed: deps.allowed(account) });

  async function hear(request: IncomingMessage, key: string, sender: string | null): Promise<Heard> {
    const door = doors.get(key);
    const callbacks = door?.account.callbacks;
    if (door === undefined || callbacks === undefined) return { answer: { kind: 'unknown-account' } };
    if (door.allowed !== null && (sender === null || !door.allowed(sender)))
      return { answer: { kind: 'forbidden-address' } };
    if (request.method !== 'POST') return { answer: { kind: 'wrong-method' } };
    const { 'content-type': contentType = '', 'content-encoding': encoding = 'identity' } = request.headers;
    if (!MEDIA_TYPE.test(contentType) || contentType.length > LONGEST_CONTENT_TYPE || encoding !== 'identity') {
      return { answer: { kind: 'wrong-type' } };
    }
    const body = await readBody(request);
    if (body === 'too-large') return { answer: { kind: 'too-large' } };
    try {
      const arrival = { contentType, body, remoteAddress: sender, receivedAt: clock() };
      const received = await receive(door.account, callbacks, arrival);
      if (received.kind === 'rejected') return { answer: { kind: 'rejected' }, received };
      return { answer: { kind: 'acknowledged', acknowledgement: callbacks.acknowledgement }, received };
    } catch (error) {
      return { answer: { kind: isTemporary(error) ? 'unavailable' : 'failed' }, error };
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, , key = '', ...rest] = ((request.url ?? '').split('?', 1)[0] ?? '').split('/');
    const sender = senderOf(request, isTrustedProxy);
    const { answer, received = null, error = null } = await hear(request, rest.length === 0 ? key : '', sender);
    report({ account: key, sender, answer: answer.kind, received, error });
    // Whoever is refused in the middle of a body can't send another request behind it.
    if (!request.complete) response.setHeader('connection', 'close');
    writeAnswer(response, answer);
    if (!request.complete) await ignoreRest(request);
    response.end();
  };
}
