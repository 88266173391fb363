/** GraphQL over WebSocket (`graphql-transport-ws`), on the path of `/graphql` and through the same Yoga. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { getOperationAST, GraphQLError, type GraphQLSchema } from 'graphql';
import { handleProtocols, makeServer, type Server } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { senderOf } from '../callbacks/sender.ts';
import type { Caller } from '../graphql/context.ts';
import { expiredToken } from '../graphql/errors.ts';
import type { NewId } from '../flow/clock.ts';
import { traceOf, withTrace } from '../flow/trace.ts';
import type { Tell } from '../operator/event.ts';
import { refusal } from './authenticate.ts';
import { envelopedOf, type GraphqlYoga } from './graphql.ts';
import { seated } from './live/results.ts';
import type { Sink } from './live/seat.ts';
import type { Identify } from './identity.ts';
import type { AllowsOrigin } from './browser/origin.ts';
import type { TrustedDocuments } from './documents/trusted.ts';
import { formatted } from './errors/public-error.ts';
import { createAdmission } from './limits/admission.ts';
import { shown } from './limits/answers.ts';
import { frameText } from './readable.ts';

/** One socket, and its caller. */
interface Connection {
  readonly socket: WebSocket;
  readonly gone: AbortController;
  caller: Caller | null;
  readonly address: string;
  /** Called when it has said whose it is: until then it counts as a newcomer. */
  readonly known: () => void;
}

/** Largest message that is taken, in bytes: as for HTTP. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/**
 * A client must send its token, or answer a ping, within this time, in milliseconds. Otherwise it is
 * disconnected.
 */
const INIT_MS = 10_000;
const PING_MS = 12_000;
/** Messages and pings of one socket between two of our pings; the first of them must say whose it is. */
const MOST_MESSAGES = 2_400;
const MOST_BEFORE_INIT = 10;
/** Sockets that have not said yet whose they are, in all and of one address. */
const MOST_NEWCOMERS = 500;
const MOST_NEWCOMERS_OF_ADDRESS = 50;
/** Bytes that may wait for a reader. One event is 1–4 KiB, and each subscription writes one at a time. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** With so many bytes on their way a subscription's next event waits until its last one has left. */
const PAUSE_BYTES = 64 * 1024;
/** What a close frame has room for beside its code. */
const MAX_REASON_BYTES = 123;
/** Subscriptions and queries under way at once on one socket. */
const MAX_OPERATIONS = 200;
/** Last words, of an expired token or of a stopping server, have this long to leave, in milliseconds. */
const FAREWELL_MS = 1_000;

/**
 * Codes of the protocol, and one of ours: 4429 and the like are taken. Clients come again after each of them
 * but 1007.
 */
const CLOSE = {
  goingAway: 1001,
  notUtf8: 1007,
  tooMuch: 1008,
  tryLater: 1013,
  invalid: 4400,
  forbidden: 4403,
  tooSlow: 4408,
} as const;

/** Too many sockets have not said yet whose they are. */
const TOO_MANY =
  'HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

/**
 * Makes the WebSocket side of `/graphql`: takes upgrades, and closes its connections when the server stops.
 */
export function createSockets(parts: {
  readonly schema: GraphQLSchema;
  readonly yoga: GraphqlYoga;
  readonly identify: Identify;
  readonly isTrustedProxy: (address: string) => boolean;
  readonly allowsOrigin: AllowsOrigin;
  /** Null: any document is run. */
  readonly trusted: TrustedDocuments | null;
  readonly newId: NewId;
  readonly tell: Tell;
}) {
  const { allowsOrigin, newId, tell } = parts;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, handleProtocols });
  const protocol = createProtocol(parts);
  const newcomers = createAdmission({ inAll: MOST_NEWCOMERS, of: () => MOST_NEWCOMERS_OF_ADDRESS });

  sockets.on('connection', (socket: WebSocket, { address, known }: Pick<Connection, 'address' | 'known'>) => {
    const connection: Connection = { socket, gone: new AbortController(), caller: null, address, known };
    // A broken frame, or one that is too large: `ws` has closed the socket by itself.
    socket.on('error', (error) => tell({ kind: 'websocket-broke', error }));
    const stopPinging = keepAlive(connection);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason === undefined ? undefined : fitting(reason)),
        onMessage: (take) => {
          socket.on('message', (data: Buffer) => {
            // A socket that is being closed still hands over what had arrived.
            if (socket.readyState !== socket.OPEN) return;
            const text = frameText(data);
            if (text === null) return socket.close(CLOSE.notUtf8, 'The message is not UTF-8.');
            // Each message is a request of its own: the headers of the upgrade are long gone.
            withTrace(traceOf({}, newId), () => take(text)).catch((error: unknown) => {
              if (isOutOfPlace(error)) return socket.close(CLOSE.invalid, 'Invalid message received');
              tell({ kind: 'websocket-message-failed', error });
              socket.close(4500, 'Internal server error');
            });
          });
        },
      },
      connection,
    );
    socket.once('close', (code, reason) => {
      stopPinging();
      known();
      connection.gone.abort();
      void closed(code, reason.toString());
    });
  });

  return {
    path: '/graphql',
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      const { origin = null, host = '' } = request.headers;
      if (!allowsOrigin(origin, host)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      const address = senderOf(request, parts.isTrustedProxy) ?? '';
      const admitted = newcomers.admit(address);
      if ('over' in admitted) {
        socket.end(TOO_MANY);
        return;
      }
      const { leave: known } = admitted;
      socket.once('close', known);
      sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, { address, known }));
    },
    goAway: (): void => {
      for (const socket of sockets.clients) {
        socket.close(CLOSE.goingAway, 'The server is stopping; connect again.');
        setTimeout(() => socket.terminate(), FAREWELL_MS);
      }
    },
  };
}

function createProtocol({
  schema,
  yoga,
  identify,
  trusted,
  tell,
}: Parameters<typeof createSockets>[0]): Server<Connection> {
  const { execute, subscribe } = envelopedOf(yoga);
  return makeServer<{ readonly authorization?: unknown }, Connection>({
    connectionInitWaitTimeout: INIT_MS,
    onConnect: async ({ connectionParams, extra: connection }) => {
      const authorization = connectionParams?.authorization;
      try {
        connection.caller = await identify(typeof authorization === 'string' ? authorization : null);
      } catch (error) {
        const { code, message } = refusal(error, tell);
        connection.socket.close(
          code === 'UNAVAILABLE' ? CLOSE.tryLater : CLOSE.forbidden,
          `${code}: ${message}`.slice(0, 120),
        );
        return false;
      }
      connection.known();
      const sendAway = () => connection.socket.close(CLOSE.forbidden, 'UNAUTHENTICATED: The token has expired.');
      // Without the signal each closed socket would be kept until its token expires.
      const { signal } = connection.gone;
      connection.caller
        .expiry()
        ?.addEventListener('abort', () => setTimeout(sendAway, FAREWELL_MS).unref(), { signal });
      return true;
    },
    onSubscribe: async ({ extra: connection, subscriptions }, _id, payload) => {
      const { caller, gone } = connection;
      if (caller === null || caller.expiry()?.aborted === true) return [expiredToken()];
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) {
        const message = `At most ${MAX_OPERATIONS} operations at once on one socket.`;
        return [new GraphQLError(message, { extensions: { code: 'TOO_MANY_OPERATIONS' } })];
      }
      const { parse, validate, contextFactory } = envelopedOf(yoga, {
        connection: { caller, address: connection.address, signal: gone.signal },
        params: payload,
      });
      try {
        const document = parse(trusted === null ? payload.query : trusted(payload, payload.query));
        const wrong = validate(schema, document);
        if (wrong.length > 0) return wrong;
        if (!getOperationAST(document, payload.operationName)) return [noOperation()];
        return {
          schema,
          document,
          operationName: payload.operationName,
          variableValues: payload.variables,
          contextValue: await contextFactory(),
        };
      } catch (error) {
        if (error instanceof GraphQLError) return [error];
        throw error;
      }
    },
    onOperation: ({ extra: { socket } }, id, _payload, args, result) => {
      if (!(Symbol.asyncIterator in result)) return undefined;
      const reader: unknown = args.contextValue;
      return seated(result, () => yoga.seatOf(reader), wayTo(socket, id));
    },
    onError: (_context, _id, _payload, errors) => errors.map(formatted),
    onNext: (_context, _id, _payload, _args, result) => (result.errors === undefined ? undefined : shown(result)),
    execute,
    subscribe,
  });
}

/** In the words that an HTTP request gets. */
const noOperation = (): GraphQLError =>
  new GraphQLError('Could not determine what operation to execute.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });

/** A message that only servers send, `next` for example: graphql-ws takes it for a defect. */
const isOutOfPlace = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('Unexpected message of type');

/** A reason as a close frame can hold it: some of the protocol's repeat what the client has sent. */
const fitting = (reason: string): string =>
  Buffer.byteLength(reason) <= MAX_REASON_BYTES
    ? reason
    : `${reason.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_REASON_BYTES - 3)}...`;

/** Resolves when the text has left for the network, so that the next event waits for a slow reader. */
function send(socket: WebSocket, text: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  if (socket.bufferedAmount > MAX_WAITING_BYTES) {
    tooSlow(socket);
    return Promise.resolve();
  }
  return new Promise((sent, failed) => {
    socket.send(text, (error) => (error === undefined || error === null ? sent() : failed(error)));
  });
}

/** What many are told is framed for one of them. */
const wayTo =
  (socket: WebSocket, id: string) =>
  (ready: () => void): Sink['send'] => {
    const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    return ({ text }) => {
      const isFull = socket.bufferedAmount > PAUSE_BYTES;
      if (socket.bufferedAmount > MAX_WAITING_BYTES) tooSlow(socket);
      else if (socket.readyState === socket.OPEN) socket.send(`${head}${text}}`, isFull ? ready : undefined);
      return !isFull;
    };
  };

const tooSlow = (socket: WebSocket): void =>
  socket.close(CLOSE.tooSlow, 'SLOW_CONSUMER: read faster, and go on from your cursor.');

/**
 * Closes a socket whose client has not answered a ping by the next one: it is gone, or it does not read. One
 * that says too much is closed, too.
 */
function keepAlive(connection: Connection): () => void {
  const { socket } = connection;
  let answered = true;
  let messages = 0;
  const count = () => {
    messages += 1;
    if (messages > (connection.caller === null ? MOST_BEFORE_INIT : MOST_MESSAGES)) {
      socket.close(CLOSE.tooMuch, 'Too many messages at once.');
    }
  };
  socket.on('message', count);
  socket.on('ping', count);
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    messages = 0;
    socket.ping();
  }, PING_MS);
  return () => clearInterval(timer);
}
