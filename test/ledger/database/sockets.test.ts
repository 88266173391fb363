/**
 * Promise: data on a pool's connections is noticed, whichever code reads it, and all of them can be closed at
 * once.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSockets } from '../../../src/ledger/database/sockets.ts';
import { until } from '../../support/until.ts';

let port = 0;
let close: () => void;
const far: Socket[] = [];
beforeEach(async () => {
  const server = createServer((socket) => far.push(socket.on('error', () => undefined)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  ({ port } = address);
  close = () => server.close();
});
afterEach(() => {
  for (const socket of far.splice(0)) socket.destroy();
  close();
});

test('bytes are heard also where nobody takes them as data, as under TLS, and after the connection is gone', async () => {
  const sockets = createSockets();
  const near = sockets.open().connect(port, '127.0.0.1');
  near.resume();
  await until(() => far.length === 1);
  expect(sockets.heard()).toBe(false);
  far[0]?.write('something');
  await until(() => near.bytesRead > 0);
  near.destroy();
  await until(() => near.closed);
  expect(sockets.heard()).toBe(true);
  expect(sockets.heard()).toBe(false);
});

test('all are cut with a reason that says so, and for good those to come', async () => {
  const sockets = createSockets();
  const reasons: string[] = [];
  const open = () =>
    sockets
      .open()
      .on('error', ({ message }) => reasons.push(message))
      .connect(port, '127.0.0.1');
  open();
  open();
  await until(() => far.length === 2);
  sockets.cut();
  await until(() => reasons.length === 2);
  open();
  await until(() => far.length === 3);
  sockets.cutForGood();
  open();
  await until(() => reasons.length === 4);
  expect(new Set(reasons)).toEqual(new Set(['Connection terminated: the database does not answer']));
});
