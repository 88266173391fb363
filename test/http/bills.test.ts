/**
 * Promise: who has used up what a minute gives is sent away until it is over, at every server; others are
 * not.
 */
import { SignJWT } from 'jose';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Ledger } from '../../src/ledger/database/database.ts';
import type { OperatorEvent } from '../../src/operator/event.ts';
import { write } from '../feed/writing.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor, type FrontDoor, type FrontDoorOptions } from '../support/front-door.ts';
import { subscribe } from '../support/live-clients.ts';

const SECRET = 'a secret of more than 32 characters';
const TOKENS = { keys: { kind: 'secret', secret: SECRET }, issuer: null, audience: null } as const;
const tokenOf = (sub: string) =>
  new SignJWT({ sub, scope: 'refunds:read refunds:write', accounts: '*', exp: Math.ceil(Date.now() / 1_000) + 60 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));

describeOnEachDatabase('bills', (database) => {
  async function open(ledger: Ledger, options: FrontDoorOptions): Promise<FrontDoor> {
    const door = await openFrontDoor(ledger, { tokens: TOKENS, ...options });
    onTestFinished(() => door.stop());
    return door;
  }

  async function ask(door: FrontDoor, sub: string, query = '{ latestEventCursor }') {
    const response = await fetch(door.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(sub)}` },
      body: JSON.stringify({ query }),
    });
    const { errors = [] } = await response.json();
    return { status: response.status, retryAfter: response.headers.get('retry-after'), error: errors[0] };
  }

  it('the one who has used up a minute is refused, with the time to come again, and the operator is told', async () => {
    const told: OperatorEvent[] = [];
    const door = await open(await database.open(), { bills: { answerKib: 1 }, tell: (event) => void told.push(event) });
    const long = `{ ${Array.from({ length: 300 }, (_, index) => `a${index}: __typename`).join(' ')} }`;
    expect((await ask(door, 'greedy', long)).status).toBe(200);
    await vi.waitFor(async () => {
      const { status, retryAfter, error } = await ask(door, 'greedy');
      expect(status).toBe(429);
      expect(Number(retryAfter)).toBeGreaterThan(1);
      expect(error.extensions).toEqual({ code: 'RATE_LIMITED', retryAfter: Number(retryAfter) });
    }, 5_000);
    expect(told).toContainEqual({ kind: 'caller-refused', what: 'answerKib' });
    expect((await ask(door, 'modest')).status).toBe(200);
    const token = await tokenOf('greedy');
    const query = 'subscription { refundEvents { cursor } }';
    const live = subscribe({ transport: 'WebSocket', url: door.url, query, token });
    await vi.waitFor(() => expect(live.ended()).not.toBeNull());
    expect(JSON.stringify(live.results)).toContain('RATE_LIMITED');
    const stream = await fetch(`${door.url}?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
    });
    expect([stream.status, await stream.text()]).toEqual([429, expect.stringContaining('RATE_LIMITED')]);
  });

  it('refunds count when they are asked for', async () => {
    const door = await open(await database.open(), { bills: { refunds: 10 } });
    const make = Array.from(
      { length: 10 },
      (_, index) =>
        `a${index}: refreshRefund(id: "${Buffer.from('Refund:chain:M1').toString('base64url')}") { __typename }`,
    ).join(' ');
    expect((await ask(door, 'shop', `mutation { ${make} }`)).status).toBe(200);
    expect((await ask(door, 'shop')).status).toBe(429);
  });

  it('the time of the database counts', async () => {
    const door = await open(await database.open(), { bills: { databaseMs: 2 } });
    await vi.waitFor(async () => expect((await ask(door, 'reader')).status).toBe(429), 10_000);
  });

  it('the time of the database counts for each event of a subscription', { timeout: 30_000 }, async () => {
    const ledger = await database.open();
    const door = await open(ledger, { bills: { databaseMs: 40 } });
    const query = 'subscription { refundEvents { refund { events(first: 20) { nodes { id } } } } }';
    const live = subscribe({ transport: 'WebSocket', url: door.url, query, token: await tokenOf('listener') });
    await vi.waitFor(() => expect(door.feed.followers()).toBe(1));
    await vi.waitFor(async () => {
      await write(ledger, { refunds: [0, 1, 2, 3], finished: false, holdMs: 0, undone: false });
      // This reads nothing.
      expect((await ask(door, 'listener', '{ __typename }')).status).toBe(429);
    }, 20_000);
    expect(live.results.length).toBeGreaterThan(1);
    live.leave();
  });

  it('what was used at one server counts at the others', { timeout: 60_000 }, async () => {
    const [one, other] = [await database.open(), await database.another()];
    const [first, second] = [
      await open(one, { bills: { refunds: 20 } }),
      await open(other, { bills: { refunds: 20 } }),
    ];
    const id = Buffer.from('Refund:chain:M1').toString('base64url');
    const make = `mutation { ${Array.from({ length: 10 }, (_, index) => `a${index}: refreshRefund(id: "${id}") { __typename }`).join(' ')} }`;
    await ask(first, 'shop', make);
    await ask(first, 'shop', make.replaceAll('a9', 'b9'));
    expect((await ask(first, 'shop')).status).toBe(429);
    const again = 'mutation { refreshRefund(id: "x") { __typename } }';
    await vi.waitFor(async () => {
      await ask(second, 'shop', again);
      expect((await ask(second, 'shop')).status).toBe(429);
    }, 40_000);
  });
});
