/** The sockets of a pool. The driver waits for an answer for ever; whoever holds its sockets can end that. */
import { Socket } from 'node:net';

export type Sockets = ReturnType<typeof createSockets>;

export function createSockets() {
  const open = new Set<Socket>();
  let heardBefore = 0;
  let fromClosed = 0;
  let isOver = false;
  // In the driver's own words, so that it is known for what it is.
  const broken = () => new Error('Connection terminated: the database does not answer');

  function cut(): void {
    for (const socket of open) socket.destroy(broken());
  }

  return {
    /** Makes the socket of a new connection; the driver connects it. */
    open: (): Socket => {
      const socket = new Socket();
      open.add(socket);
      socket.once('close', () => {
        open.delete(socket);
        fromClosed += socket.bytesRead;
      });
      if (isOver) process.nextTick(() => socket.destroy(broken()));
      return socket;
    },
    /** Whether anything came over any of them since this was last called. */
    heard: (): boolean => {
      // Under TLS the socket itself has no data to hear; it counts all the same.
      const bytes = [...open].reduce((sum, socket) => sum + socket.bytesRead, fromClosed);
      const isMore = bytes > heardBefore;
      heardBefore = bytes;
      return isMore;
    },
    /** Breaks them all, so that everything that waits for an answer fails now. */
    cut,
    /** The same, and for every connection to come. */
    cutForGood: (): void => {
      isOver = true;
      cut();
    },
  };
}
