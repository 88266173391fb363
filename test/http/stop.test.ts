/**
 * Promise: a server that stops answers what was sent to it before, and lets no silent connection hold it up.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openLedger, type Ledger } from '../../src/ledger/database/database.ts';
import { preparedEmbedded } from '../support/database.ts';
import { openFrontDoor, type FrontDoor } from '../support/front-door.ts';

const BODY = JSON.stringify({ query: '{ accounts { key } }' });
const HEAD = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}`;

describe('a stop', () => {
  let lite: Awaited<ReturnType<typeof preparedEmbedded>>;
  let ledger: Ledger;
  let door: FrontDoor;
  beforeAll(async () => {
    lite = await preparedEmbedded();
    ledger = await openLedger({ lite }, { clock: () => new Date(), newId: () => 'id' });
  }, 60_000);
  afterAll(async () => {
    await ledger.close();
    await lite.close();
  });
  beforeEach(async () => {
    door = await openFrontDoor(ledger);
    // The first request of a process takes long.
    await (await ask()).text();
  });

  const ask = () => fetch(door.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: BODY });
  async function reach() {
    const { hostname, port } = new URL(door.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return socket;
  }
  const stopMs = async (): Promise<number> => {
    const began = performance.now();
    await door.stop();
    return performance.now() - began;
  };

  it('waits for no connection that says nothing, or half of a request', async () => {
    const silent = await reach();
    const half = await reach();
    half.write('POST /graphql HTTP/1.1\r\nhost: x\r\n');
    const idle = await reach();
    idle.write(`${HEAD}\r\n\r\n${BODY}`);
    await once(idle, 'data');
    const ended = [silent, half, idle].map((socket) => text(socket));
    expect(await stopMs()).toBeLessThan(3_000);
    expect(await Promise.all(ended)).toHaveLength(3);
  });

  it('answers the requests that were on their way, on old connections and on new ones, and closes those', async () => {
    const sockets = [await reach(), await reach(), await reach()];
    const [used] = sockets;
    used?.write(`${HEAD}\r\n\r\n${BODY}`);
    if (used !== undefined) await once(used, 'data');
    // In the same turn: the server reads them after it has begun to stop.
    const stopped = door.stop();
    for (const socket of sockets) socket.write(`${HEAD}\r\n\r\n${BODY}`);
    for (const answer of await Promise.all(sockets.map((socket) => text(socket)))) {
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n[^]*\{"data":/i);
    }
    await stopped;
  });

  it('serves on while it drains: each answer closes its connection, and nothing more is promised', async () => {
    const old = await reach();
    old.write(`${HEAD}\r\n\r\n${BODY}`);
    await once(old, 'data');
    const cut = new AbortController();
    const drained = door.drain(60_000, cut.signal);
    const ready = await fetch(door.url.replace('graphql', 'health/ready'));
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'not ready', notReady: ['the server is stopping'] },
    ]);
    const answer = await ask();
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    old.write(`${HEAD}\r\n\r\n${BODY}`);
    expect(await text(old)).toMatch(/^HTTP\/1\.1 200 OK/);
    cut.abort();
    await drained;
    await door.stop();
    await expect(ask()).rejects.toThrow('fetch failed');
  });
});
