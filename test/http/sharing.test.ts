/**
 * Promise: equal subscriptions are told together, over both transports: each event is worked out once,
 * whoever comes or goes misses nothing and hears nothing twice, and nobody shares with who may see more.
 */
import { SignJWT } from 'jose';
import { expect, it, onTestFinished, vi } from 'vitest';
import { wholeLog, write } from '../feed/writing.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor, type FrontDoorOptions } from '../support/front-door.ts';
import { subscribe, TRANSPORTS, type Subscribing } from '../support/live-clients.ts';

const SECRET = 'a secret of more than 32 characters';
const TOKENS = { keys: { kind: 'secret', secret: SECRET }, issuer: null, audience: null } as const;
const signed = (claims: object) =>
  new SignJWT({ scope: 'refunds:read', accounts: '*', exp: Math.ceil(Date.now() / 1_000) + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));

/** Nothing stands behind `refundedAmount` here: each time that it is worked out the error has another id. */
const FAILING = `subscription ($after: EventCursor) {
  refundEvents(after: $after) { cursor refund { payment { refundedAmount { amount } } } }
}`;
const PLAIN = 'subscription ($after: EventCursor) { refundEvents(after: $after) { cursor } }';

describeOnEachDatabase('equal subscriptions', (database) => {
  async function open(options: FrontDoorOptions = {}) {
    const ledger = await database.open();
    const door = await openFrontDoor(ledger, options);
    onTestFinished(() => door.stop());
    const follow = (asked: Omit<Subscribing, 'url'>) => {
      const subscribed = subscribe({ url: door.url, ...asked });
      onTestFinished(() => subscribed.leave());
      return subscribed;
    };
    const tell = (...refunds: readonly number[]) =>
      write(ledger, { refunds, finished: false, holdMs: 0, undone: false, paid: true });
    return { ledger, door, follow, tell };
  }
  const errorIds = ({ results }: ReturnType<typeof subscribe>) =>
    results.map(({ errors }) => errors?.[0]?.extensions?.errorId);

  it('work an event out once for all that came to the live end, from wherever they came', async () => {
    const { door, follow, tell } = await open({ tokens: TOKENS });
    const token = await signed({ sub: 'ann' });
    const early = follow({ transport: 'SSE', query: PLAIN, token });
    await vi.waitFor(() => expect(door.feed.followers()).toBe(1), 5_000);
    await tell(0);
    await vi.waitFor(() => expect(early.results).toHaveLength(1), 5_000);
    const after = early.results[0]?.data.refundEvents.cursor;
    const equal = await Promise.all(
      TRANSPORTS.flatMap((transport) =>
        [{}, { after }].map(async (variables) =>
          follow({ transport, query: FAILING, variables, token: await signed({ sub: transport }) }),
        ),
      ),
    );
    const fewer = follow({ transport: 'SSE', query: FAILING, token: await signed({ accounts: ['chain'] }) });
    const more = follow({
      transport: 'SSE',
      query: FAILING,
      token: await signed({ scope: 'refunds:read refunds:raw' }),
    });
    await vi.waitFor(() => expect(door.feed.followers()).toBe(7), 5_000);
    await tell(2);
    await tell(4);
    const all = [...equal, fewer, more];
    await vi.waitFor(() => expect(all.map(({ results }) => results.length)).toEqual(all.map(() => 2)), 5_000);
    const [first, ...others] = equal.map(errorIds);
    expect(new Set(first).size).toBe(2);
    for (const ids of others) expect(ids).toEqual(first);
    expect(new Set([first, errorIds(fewer), errorIds(more)].flat()).size).toBe(6);
  });

  it('end each by itself: one whose token expires is told so, and the others go on', async () => {
    const { door, follow, tell } = await open({ tokens: TOKENS });
    const short = await signed({ exp: Date.now() / 1_000 - 2.5 });
    const ending = TRANSPORTS.map((transport) => follow({ transport, query: PLAIN, token: short }));
    const staying = follow({ transport: 'SSE', query: PLAIN, token: await signed({}) });
    await vi.waitFor(() => expect(door.feed.followers()).toBe(3), 2_000);
    await tell(0);
    await vi.waitFor(() => expect(ending.map(({ ended }) => ended())).toEqual(['completed', 'completed']), 8_000);
    for (const { results } of ending) {
      expect(results.map(({ errors }) => errors?.[0]?.extensions)).toEqual([undefined, { code: 'UNAUTHENTICATED' }]);
    }
    await tell(2);
    await vi.waitFor(() => expect(staying.results).toHaveLength(2), 5_000);
    expect(door.feed.followers()).toBe(1);
  });

  it('miss nothing and repeat nothing, whenever they come', async () => {
    const { ledger, door, follow, tell } = await open();
    await tell(0);
    const everyone: { readonly from: bigint; readonly heard: ReturnType<typeof subscribe> }[] = [];
    const writing = (async () => {
      for (let nth = 0; nth < 40; nth += 1) await tell(nth % 6, 6 + (nth % 3));
    })();
    for (let nth = 0; nth < 24; nth += 1) {
      const log = await wholeLog(ledger);
      const from = log[Math.floor((nth % 4) * (log.length / 4))];
      if (from === undefined) throw new Error('there is an event from the beginning');
      const variables = { after: door.feed.cursors.write(from) };
      const transport = TRANSPORTS[nth % 2] ?? 'SSE';
      everyone.push({ from: from.number, heard: follow({ transport, query: PLAIN, variables }) });
      if (nth % 5 === 4) everyone[nth - 2]?.heard.leave();
    }
    await writing;
    const log = await wholeLog(ledger);
    for (const [nth, { from, heard }] of everyone.entries()) {
      if (nth % 5 === 2 && nth + 2 < 24) continue;
      const expected = log.slice(log.findIndex(({ number }) => number === from) + 1).map((event) => event.number);
      const numbers = () => heard.results.map(({ data }) => door.feed.cursors.read(data.refundEvents.cursor)?.number);
      await vi.waitFor(() => expect(numbers()).toEqual(expected), 10_000);
    }
  }, 60_000);
});
