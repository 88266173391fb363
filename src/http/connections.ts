/** The connections of one server, and how they end without a request that nobody reads. */
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * How long a silent connection is listened to when the server stops, in milliseconds: a request may be on its
 * way.
 */
const LISTEN_ON_MS = 300;
/** How long the other end may take to close a connection that was ended, in milliseconds. */
const GOODBYE_MS = 500;

/** Watches the connections of a server from now on. */
export function watchConnections(server: Server) {
  /** Of each, the requests under way. A WebSocket's is not among them: it ends by itself. */
  const underWay = new Map<Duplex, number>();
  let ending = false;
  server.on('connection', (socket) => {
    underWay.set(socket, 0);
    socket.on('close', () => underWay.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    underWay.set(socket, (underWay.get(socket) ?? 0) + 1);
    response.on('close', () => {
      if (!underWay.has(socket)) return;
      underWay.set(socket, (underWay.get(socket) ?? 1) - 1);
      if (ending) endWhenSilent(socket);
    });
  });

  function endWhenSilent(socket: Duplex): void {
    if (underWay.get(socket) !== 0) return;
    setTimeout(() => {
      // A request that came meanwhile is answered, and its answer closes the connection.
      if (underWay.get(socket) !== 0) return;
      socket.end();
      setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
    }, LISTEN_ON_MS).unref();
  }

  return {
    /** A connection that is none of HTTP any more. */
    leave: (socket: Duplex): void => {
      underWay.delete(socket);
    },
    /**
     * Closes the port. Each connection ends after its request; a silent one after a short while. Resolves
     * when all have ended.
     */
    end: async (): Promise<void> => {
      ending = true;
      // That of an HTTP server would reset connections that have a request unread.
      const closed = new Promise<void>((resolve) => void NetServer.prototype.close.call(server, () => resolve()));
      for (const socket of underWay.keys()) endWhenSilent(socket);
      await closed;
      // Ends its timer, too.
      server.close();
    },
  };
}
