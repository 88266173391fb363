/**
 * Promise: subscriptions over SSE and WebSocket send the same events, only to callers that may see them, and
 * only while they may.
 */
import { SignJWT } from 'jose';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { refundGlobalId } from '../../src/graphql/relay/global-id.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { wholeLog, write } from '../feed/writing.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor, type FrontDoor, type FrontDoorOptions } from '../support/front-door.ts';
import { subscribe, TRANSPORTS, type Subscribing } from '../support/live-clients.ts';

const SECRET = 'a secret of more than 32 characters';
const TOKENS = { keys: { kind: 'secret', secret: SECRET }, issuer: null, audience: null } as const;
const signed = (claims: object) =>
  new SignJWT({ scope: 'refunds:read', accounts: '*', exp: Math.ceil(Date.now() / 1_000) + 60, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));

const EVENTS = `subscription ($filter: RefundFilter, $after: EventCursor) {
  refundEvents(filter: $filter, after: $after) { cursor type status refund { merchantRefundId account { key } } }
}`;
const UPDATES = `subscription ($id: ID!, $after: EventCursor) { refundUpdated(id: $id, after: $after) { cursor type } }`;

describeOnEachDatabase('subscriptions', (database) => {
  async function open(options: FrontDoorOptions = {}): Promise<{ readonly ledger: Ledger; readonly door: FrontDoor }> {
    const ledger = await database.open();
    const door = await openFrontDoor(ledger, options);
    onTestFinished(() => door.stop());
    return { ledger, door };
  }

  const tell = (ledger: Ledger, ...refunds: readonly number[]) =>
    write(ledger, { refunds, finished: false, holdMs: 0, undone: false });

  function follow(asked: Subscribing) {
    const subscribed = subscribe(asked);
    onTestFinished(() => subscribed.leave());
    return subscribed;
  }

  async function ask(door: FrontDoor, query: string, variables: object = {}, token?: string) {
    const response = await fetch(door.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  describe.each(TRANSPORTS)('over %s', (transport) => {
    it('go on behind a cursor, in order, through a filter', async () => {
      const { ledger, door } = await open();
      await tell(ledger, 0, 1, 2);
      const { body } = await ask(door, '{ refundEvents(first: 1) { nodes { cursor } } latestEventCursor }');
      const after = body.data.refundEvents.nodes[0].cursor;
      const all = follow({ transport, url: door.url, query: EVENTS, variables: { after } });
      const market = follow({
        transport,
        url: door.url,
        query: EVENTS,
        variables: { filter: { accounts: ['market'] } },
      });
      const fromEnd = follow({
        transport,
        url: door.url,
        query: EVENTS,
        variables: { after: body.data.latestEventCursor },
      });
      await vi.waitFor(() => expect(door.feed.followers()).toBe(3));
      await tell(ledger, 3, 4);
      await tell(ledger, 5);
      const numbers = (await wholeLog(ledger)).map(({ number }) => number);
      const told = ({ results }: typeof all) =>
        results.map(({ data }) => door.feed.cursors.read(data?.refundEvents.cursor)?.number);
      await vi.waitFor(() => expect(told(all)).toEqual(numbers.slice(1)));
      await vi.waitFor(() => expect(told(fromEnd)).toEqual(numbers.slice(3)));
      await vi.waitFor(() => expect(market.results).toHaveLength(2));
      expect(market.results.map(({ data }) => data.refundEvents.refund)).toEqual([
        { merchantRefundId: 'R3', account: { key: 'market' } },
        { merchantRefundId: 'R5', account: { key: 'market' } },
      ]);
      for (const one of [all, market, fromEnd]) one.leave();
      await vi.waitFor(() => expect(door.feed.followers()).toBe(0));
    });

    it('of one refund begin with its latest event, or behind the cursor', async () => {
      const { ledger, door } = await open();
      await tell(ledger, 0);
      await tell(ledger, 0, 2);
      const id = refundGlobalId({ account: accountKey('chain'), merchantRefundId: merchantRefundId('R0') });
      const first = follow({ transport, url: door.url, query: UPDATES, variables: { id } });
      await vi.waitFor(() => expect(first.results).toHaveLength(1));
      await tell(ledger, 2);
      await tell(ledger, 0);
      await vi.waitFor(() => expect(first.results).toHaveLength(2));
      const log = (await wholeLog(ledger)).filter(({ snapshot }) => snapshot.merchantRefundId === 'R0');
      const told = first.results.map(({ data }) => door.feed.cursors.read(data.refundUpdated.cursor)?.number);
      expect(told).toEqual(log.slice(1).map(({ number }) => number));

      const after = first.results[0]?.data.refundUpdated.cursor;
      const second = follow({ transport, url: door.url, query: UPDATES, variables: { id, after } });
      await vi.waitFor(() => expect(second.results).toEqual(first.results.slice(1)));
    });

    it('of one refund begin with its latest event wherever it stands among those of its transaction', async () => {
      const { ledger, door } = await open();
      await tell(ledger, 0);
      await tell(ledger, 0, 2, 4, 6);
      await tell(ledger, 8);
      const log = await wholeLog(ledger);
      for (const index of [0, 2, 4, 6, 8]) {
        const name = merchantRefundId(`R${index}`);
        const id = refundGlobalId({ account: accountKey('chain'), merchantRefundId: name });
        const { results, leave } = follow({ transport, url: door.url, query: UPDATES, variables: { id } });
        await vi.waitFor(() => expect(results).toHaveLength(1));
        const latest = log.findLast(({ snapshot }) => snapshot.merchantRefundId === name);
        expect(results[0]?.errors).toBeUndefined();
        expect(door.feed.cursors.read(results[0]?.data.refundUpdated.cursor)?.number).toBe(latest?.number);
        leave();
      }
    });

    it('of one refund begin with the event by which it was found', async () => {
      const ledger = await database.open();
      const id = refundGlobalId({ account: accountKey('chain'), merchantRefundId: merchantRefundId('R0') });
      // The provider is asked, and what it says is written as any answer is.
      const door = await openFrontDoor(ledger, {
        find: async (asks) => {
          await tell(ledger, 0);
          const [event] = await wholeLog(ledger);
          return asks.map(() => ({ kind: 'answered', refunds: event === undefined ? [] : [event.living.refund] }));
        },
      });
      onTestFinished(() => door.stop());
      const { results } = follow({ transport, url: door.url, query: UPDATES, variables: { id } });
      await vi.waitFor(() => expect(results).toHaveLength(1));
      await tell(ledger, 0);
      await vi.waitFor(() => expect(results).toHaveLength(2));
      const numbers = (await wholeLog(ledger)).map(({ number }) => number);
      expect(results.map(({ data }) => door.feed.cursors.read(data?.refundUpdated.cursor)?.number)).toEqual(numbers);
    });

    it('end with BEGIN_ANEW when the log loses events, and refuse the cursors of these', async () => {
      const { ledger, door } = await open();
      await tell(ledger, 0);
      const all = follow({ transport, url: door.url, query: EVENTS });
      const id = refundGlobalId({ account: accountKey('chain'), merchantRefundId: merchantRefundId('R0') });
      const one = follow({ transport, url: door.url, query: UPDATES, variables: { id } });
      await vi.waitFor(() => expect([door.feed.followers(), one.results.length]).toEqual([2, 1]));
      const kept = one.results[0]?.data.refundUpdated.cursor;
      await tell(ledger, 2);
      await vi.waitFor(() => expect(all.results).toHaveLength(1));
      const lost = all.results[0]?.data.refundEvents.cursor;
      await ledger.pool.query('delete from refund_events where number = (select max(number) from refund_events)');
      await vi.waitFor(() => expect([all.ended(), one.ended()]).toEqual(['completed', 'completed']), 5_000);
      expect([all.results.length, one.results.length]).toEqual([2, 2]);
      for (const { results } of [all, one]) {
        expect(results[1]?.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'BEGIN_ANEW' }]);
      }
      expect(door.feed.followers()).toBe(0);

      const refusal = { code: 'BEGIN_ANEW', argument: 'after' };
      expect(await refused(door, EVENTS, { after: lost })).toEqual(refusal);
      expect(await refused(door, UPDATES, { id, after: lost })).toEqual(refusal);
      const page = 'query ($after: EventCursor) { refundEvents(first: 1, after: $after) { nodes { cursor } } }';
      expect((await ask(door, page, { after: lost })).body.errors[0].extensions).toEqual(refusal);
      const again = follow({ transport, url: door.url, query: EVENTS, variables: { after: kept } });
      await vi.waitFor(() => expect(door.feed.followers()).toBe(1));
      await tell(ledger, 4);
      await vi.waitFor(() => expect(again.results).toHaveLength(1));
      expect(again.results[0]?.data.refundEvents.refund.merchantRefundId).toBe('R4');
    });

    /** What a subscription that ends before its first event is told. */
    async function refused(door: FrontDoor, query: string, variables: Record<string, unknown>) {
      const { results, ended } = follow({ transport, url: door.url, query, variables });
      await vi.waitFor(() => expect(ended()).not.toBeNull());
      const end = ended();
      // The WebSocket protocol has a message of its own for what fails before the first event.
      const errors = typeof end === 'object' && Array.isArray(end?.cut) ? end.cut : results[0]?.errors;
      return errors?.[0]?.extensions;
    }

    it('refuse what can not be followed', async () => {
      const { door } = await open();
      const code = (query: string, variables: Record<string, unknown>) => refused(door, query, variables);
      const id = refundGlobalId({ account: accountKey('chain'), merchantRefundId: merchantRefundId('nobody') });
      const elsewhere = refundGlobalId({ account: accountKey('library'), merchantRefundId: merchantRefundId('R0') });
      expect(await code(EVENTS, { after: 'e1-1-xxxx' })).toEqual({ code: 'BAD_USER_INPUT', argument: 'after' });
      expect(await code(EVENTS, { after: 'WyJrciIsWzEsIjEiXV0' })).toEqual({
        code: 'BAD_USER_INPUT',
        argument: 'after',
      });
      expect(await code(UPDATES, { id: 'x' })).toEqual({ code: 'BAD_USER_INPUT', argument: 'id' });
      expect(await code(UPDATES, { id })).toEqual({ code: 'NOT_FOUND' });
      expect(await code(UPDATES, { id: elsewhere })).toEqual({ code: 'NOT_FOUND' });
      expect(door.feed.followers()).toBe(0);
    });

    it('end when the token expires, and say so', async () => {
      const { ledger, door } = await open({ tokens: TOKENS });
      // Five seconds are granted to clocks that differ.
      const token = await signed({ exp: Date.now() / 1_000 - 3.5 });
      const { results, ended } = follow({ transport, url: door.url, query: EVENTS, token });
      await vi.waitFor(() => expect(door.feed.followers()).toBe(1));
      await tell(ledger, 0);
      await vi.waitFor(() => expect(ended()).toBe('completed'), 5_000);
      expect(results.map(({ data }) => data?.refundEvents.refund.merchantRefundId)).toEqual(['R0', undefined]);
      expect(results[1]?.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
      expect(door.feed.followers()).toBe(0);
    });

    it('tell nobody of an account that is not his', async () => {
      const { ledger, door } = await open({ tokens: TOKENS });
      await tell(ledger, 0, 1);
      const token = await signed({ accounts: ['market'] });
      const mine = follow({ transport, url: door.url, query: EVENTS, token });
      const named = { filter: { accounts: ['chain'] } };
      const others = follow({ transport, url: door.url, query: EVENTS, variables: named, token });
      await vi.waitFor(() => expect(others.ended()).not.toBeNull());
      const id = refundGlobalId({ account: accountKey('chain'), merchantRefundId: merchantRefundId('R0') });
      const one = follow({ transport, url: door.url, query: UPDATES, variables: { id }, token });
      await vi.waitFor(() => expect([door.feed.followers(), one.ended() === null]).toEqual([1, false]));
      await tell(ledger, 0, 2, 3);
      await tell(ledger, 5);
      await vi.waitFor(() => expect(mine.results).toHaveLength(2));
      expect(mine.results.map(({ data }) => data.refundEvents.refund.merchantRefundId)).toEqual(['R3', 'R5']);
      expect(others.results.filter(({ data }) => data)).toEqual([]);
    });

    it('are cut when the server stops, so that the client goes on elsewhere', async () => {
      const { ledger, door } = await open();
      const cut = follow({ transport, url: door.url, query: EVENTS });
      const other = await openFrontDoor(ledger);
      onTestFinished(() => other.stop());
      const variables: Record<string, unknown> = {};
      let { url } = door;
      const moved = follow({
        transport,
        url: () => url,
        query: EVENTS,
        variables,
        retries: 100,
        onResult: ({ data }) => (variables['after'] = data.refundEvents.cursor),
      });
      await vi.waitFor(() => expect(door.feed.followers()).toBe(2));
      await tell(ledger, 0);
      await vi.waitFor(() => expect(moved.results).toHaveLength(1));
      url = other.url;
      const stopping = performance.now();
      await door.stop();
      expect(performance.now() - stopping).toBeLessThan(4_000);
      await tell(ledger, 1, 2);
      await vi.waitFor(() => expect(cut.ended()).toHaveProperty('cut'));
      await vi.waitFor(() => expect(moved.results).toHaveLength(3));
      const ids = moved.results.map(({ data }) => data.refundEvents.refund.merchantRefundId);
      expect(ids).toEqual(['R0', 'R2', 'R1']);
    });
  });
});
