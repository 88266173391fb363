/** Bounds what connections hold: how many there are, silent ones, and answers that nobody reads. */
import type { Server, ServerResponse } from 'node:http';
import type { Tell } from '../../operator/event.ts';
import { createAdmission } from './admission.ts';

/** How long others are waited for, in milliseconds. */
const PATIENCE = {
  /** A connection that has not said a byte for so long is cut. */
  silent: 20_000,
  /** An answer of which its reader takes nothing for so long is cut. */
  stalled: 30_000,
  /** How often answers under way are looked at. Most have ended by then. */
  look: 5_000,
};

export interface ConnectionLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Proxies come with the connections of all their clients. */
  readonly isTrustedProxy: (address: string) => boolean;
  /** Left out: 20 s for a silent connection, 30 s for an answer that nobody reads. */
  readonly patience?: Partial<typeof PATIENCE>;
}

/** Bounds the connections of a server from now on. */
export function limitConnections(server: Server, limits: ConnectionLimits, tell: Tell): void {
  const { connections, connectionsPerAddress, isTrustedProxy } = limits;
  const patience = { ...PATIENCE, ...limits.patience };
  const admission = createAdmission({
    inAll: connections,
    of: (address) => (isTrustedProxy(address) ? Infinity : connectionsPerAddress),
  });
  server.on('connection', (socket) => {
    const admitted = admission.admit(socket.remoteAddress ?? '');
    if ('over' in admitted) {
      tell({ kind: 'connection-refused', limit: admitted.over });
      socket.destroy();
      return;
    }
    const silent = setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy();
    }, patience.silent).unref();
    socket.on('close', () => {
      clearTimeout(silent);
      admitted.leave();
    });
  });

  const underWay = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    underWay.add(response);
    response.on('close', () => underWay.delete(response));
  });
  const looking = setInterval(() => {
    for (const response of underWay) {
      // From here on the answer is its reader's matter. Each byte that is taken begins the time anew.
      if (!response.headersSent) continue;
      response.setTimeout(patience.stalled);
      underWay.delete(response);
    }
  }, patience.look).unref();
  server.once('close', () => clearInterval(looking));
}
