/** The side door: `POST /notify/ACCOUNT`. Bytes in, an acknowledgement out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OperatorEvent, Tell } from '../operator/event.ts';
import type { ProviderAccount } from '../providers/provider.ts';
import type { Clock } from '../flow/clock.ts';
import { isTemporary, type Received, type createReceiver } from '../services/inbox/receive.ts';
import { writeAnswer, type CallbackAnswer } from './answer.ts';
import { ignoreRest, readBody } from './body.ts';
import { addressesIn, senderOf, type Addresses } from './sender.ts';

/** What is known of a request before its answer is. */
interface Handled {
  readonly answer: CallbackAnswer;
  readonly received?: Received;
  readonly error?: unknown;
}

const MEDIA_TYPE = /^application\/(json|x-www-form-urlencoded)\s*(;|$)/i;
/** It is kept beside the body. */
const LONGEST_CONTENT_TYPE = 200;

/** Makes the handler of everything under `/notify/`. */
export function createCallbackRoute(parts: {
  readonly accounts: Iterable<ProviderAccount>;
  readonly isTrustedProxy: Addresses;
  readonly receive: ReturnType<typeof createReceiver>;
  readonly clock: Clock;
  readonly tell: Tell;
}) {
  const { isTrustedProxy, receive, clock, tell } = parts;
  const entries = new Map<string, { readonly account: ProviderAccount; readonly allowed: Addresses | null }>();
  for (const account of parts.accounts) {
    const { callbackAllowedIps: ips } = account;
    entries.set(account.key, { account, allowed: ips === null ? null : addressesIn(ips) });
  }

  async function handle(request: IncomingMessage, key: string, sender: string | null): Promise<Handled> {
    const entry = entries.get(key);
    const callbacks = entry?.account.callbacks;
    if (entry === undefined || callbacks === undefined) return { answer: { kind: 'unknown-account' } };
    if (entry.allowed !== null && (sender === null || !entry.allowed(sender)))
      return { answer: { kind: 'forbidden-address' } };
    if (request.method !== 'POST') return { answer: { kind: 'wrong-method' } };
    const { 'content-type': contentType = '', 'content-encoding': encoding = 'identity' } = request.headers;
    if (!MEDIA_TYPE.test(contentType) || contentType.length > LONGEST_CONTENT_TYPE || encoding !== 'identity') {
      return { answer: { kind: 'wrong-type' } };
    }
    const body = await readBody(request);
    if (body === 'too-large') return { answer: { kind: 'too-large' } };
    try {
      const headers = headersOf(request, callbacks.headers ?? []);
      const arrival = { contentType, body, headers, remoteAddress: sender, receivedAt: clock() };
      const received = await receive(entry.account, callbacks, arrival);
      if (received.kind === 'rejected') return { answer: { kind: 'rejected' }, received };
      return { answer: { kind: 'acknowledged', acknowledgement: callbacks.acknowledgement }, received };
    } catch (error) {
      return { answer: { kind: isTemporary(error) ? 'unavailable' : 'failed' }, error };
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, , key = '', ...rest] = ((request.url ?? '').split('?', 1)[0] ?? '').split('/');
    const sender = senderOf(request, isTrustedProxy);
    const handled = await handle(request, rest.length === 0 ? key : '', sender);
    const { answer } = handled;
    tell(eventOf(key, sender, handled));
    // Whoever is refused in the middle of a body can't send another request behind it.
    if (!request.complete) response.setHeader('connection', 'close');
    writeAnswer(response, answer);
    if (!request.complete) await ignoreRest(request);
    response.end();
  };
}

/** The headers of these names that came. */
const headersOf = ({ headers }: IncomingMessage, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]];
    }),
  );

/** What the operator is told of one request. */
const eventOf = (key: string, sender: string | null, { answer, received, error }: Handled): OperatorEvent => ({
  kind: kindOf(answer.kind, received?.kind),
  account: key.slice(0, 64),
  sender,
  answer: answer.kind,
  ...(received !== undefined && { outcome: received.kind }),
  ...(received?.merchantRefundId !== undefined && { merchantRefundId: received.merchantRefundId }),
  ...(received !== undefined && received.reason !== null && { reason: received.reason }),
  ...(error !== undefined && { error }),
});

function kindOf(answer: CallbackAnswer['kind'], received: Received['kind'] | undefined) {
  switch (answer) {
    case 'acknowledged':
      if (received === 'flagged') return 'callback-flagged';
      return received === 'applied' ? 'callback-applied' : 'callback-taken';
    case 'rejected':
      return 'callback-rejected';
    case 'unknown-account':
      return 'callback-unknown-account';
    case 'forbidden-address':
    case 'wrong-method':
    case 'wrong-type':
    case 'too-large':
      return 'callback-refused';
    case 'unavailable':
      return 'callback-not-kept';
    case 'failed':
      return 'callback-failed';
  }
}
