/**
 * Promise: what keeps a list from being read is said over HTTP as what it is: a walk ends, and the ledger's
 * lateness is its own.
 */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { createSingleFlight } from '../../src/flow/single-flight.ts';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { accountKey } from '../../src/refunds/ids.ts';
import { listRefunds } from '../../src/services/reading/list.ts';
import type { QueriedPage } from '../../src/services/reading/provider-pages.ts';
import { observe } from '../../src/services/observation/observe.ts';
import { createModelAccount, createModelList, isDown, observationOf } from '../services/reading/list-model.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor } from '../support/front-door.ts';

const NOW = new Date('2024-07-31T08:26:46Z');

const named = (merchantRefundId: string) => ({ merchantRefundId });

/** The whole front door over two accounts: the list of chain is live, market is known to the ledger alone. */
async function openList(ledger: Ledger, deadlineMs: number) {
  const chain = createModelList([1, 1, 1, 1, 1, 1], 'DESC', 'C');
  let isUp = true;
  const before = () => {
    if (!isUp) throw isDown('chain');
  };
  const live = createModelAccount('chain', chain, { maxPageSize: 100, before }).account;
  const accounts = [live, createModelAccount('market', null, { maxPageSize: 1 }).account];
  const deps = {
    ledger,
    queue: { expedite: () => Promise.resolve() },
    accounts,
    pages: createSingleFlight<QueriedPage>(),
    clock: () => NOW,
    deadlineMs: () => deadlineMs,
  };
  const door = await openFrontDoor(ledger, {
    list: (request, signal) => listRefunds(deps, request, signal),
    endDeadlineMs: deadlineMs,
  });
  const query = `query ($after: String, $read: ReadPolicy!) { refunds(first: 2, after: $after, read: $read) {
    eventCursor nodes { merchantRefundId } pageInfo { hasNextPage endCursor } sources { complete failure { code } } } }`;
  const send = async (document: string, variables = {}) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query: document, variables });
    const answer = await fetch(door.url, { method: 'POST', headers, body });
    return answer.json();
  };
  return {
    door,
    ids: chain.rows().map(({ id }) => id),
    know: async () => {
      const account = { key: accountKey('chain'), provider: 'SHOUTU', retryFailed: false } as const;
      await observe(ledger, account, chain.rows().slice(2).map(observationOf), { via: 'POLL', at: NOW });
    },
    setUp: (up: boolean) => void (isUp = up),
    read: send,
    ask: (after: string | null, read = 'AUTO') => send(query, { after, read }),
  };
}

describeOnEachDatabase('a list over HTTP', (database) => {
  it('ends a walk that can not go on with the code of the source it waits for; its cursor stays good', async () => {
    const { door, ids, know, setUp, ask } = await openList(await database.open(), 5_000);
    await know();
    setUp(false);
    const seen: string[] = [];
    let after: string | null = null;
    let stopped = null;
    for (let nth = 0; nth < 9 && stopped === null; nth++) {
      const { data, errors } = await ask(after);
      if (errors === undefined) {
        expect(data.refunds.nodes.length).toBeGreaterThan(0);
        for (const { merchantRefundId } of data.refunds.nodes) seen.push(merchantRefundId);
        after = data.refunds.pageInfo.endCursor;
      } else stopped = { nth, errors };
    }
    expect(stopped).toMatchObject({
      nth: 2,
      errors: [
        {
          message: 'Account chain can not be reached now. Go on later from the same cursor: it stays good.',
          path: ['refunds'],
          extensions: { code: 'PROVIDER_UNAVAILABLE', account: 'chain' },
        },
      ],
    });
    expect(seen).toEqual(ids.slice(2));
    setUp(true);
    const { data } = await ask(after);
    expect(data.refunds).toMatchObject({
      nodes: ids.slice(0, 2).map((merchantRefundId) => ({ merchantRefundId })),
      pageInfo: { hasNextPage: false },
    });
    await door.stop();
  });

  it('has the place of the feed from which its reader misses nothing, the same on each page', async () => {
    const { door, ids, know, ask, read } = await openList(await database.open(), 5_000);
    const { data: empty } = await read('{ latestEventCursor }');
    const first = await ask(null);
    const { eventCursor, pageInfo } = first.data.refunds;
    expect(eventCursor).toBe(empty.latestEventCursor);
    await know();
    const later = await ask(null);
    expect(later.data.refunds.eventCursor).not.toBe(eventCursor);
    const second = await ask(pageInfo.endCursor);
    expect(second.data.refunds).toMatchObject({ eventCursor, nodes: ids.slice(2, 4).map(named) });

    const events = `query ($after: EventCursor) { refundEvents(first: 50, after: $after) { nodes { id } } }`;
    const missed = await read(events, { after: second.data.refunds.eventCursor });
    expect(missed.data.refundEvents.nodes).toHaveLength(ids.length);

    // A cursor of an older version has no place: the walk goes on, and follows from now on.
    const [old] = pageInfo.endCursor.split('.');
    const { data: now } = await read('{ latestEventCursor }');
    expect((await ask(old)).data.refunds).toMatchObject({ eventCursor: now.latestEventCursor, nodes: { length: 2 } });
    for (const mangled of [`${old}.`, `${old}.e0-0-0-xxxx`, `${pageInfo.endCursor}.`, `.${eventCursor}`]) {
      expect((await ask(mangled)).errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', argument: 'after' } },
      ]);
    }
    await door.stop();
  });

  it('gives a first page without rows a cursor, and ends behind it', async () => {
    const { door, setUp, ask } = await openList(await database.open(), 5_000);
    setUp(false);
    const first = await ask(null);
    expect(first.data.refunds).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true } });
    const second = await ask(first.data.refunds.pageInfo.endCursor);
    expect(second.errors).toMatchObject([{ extensions: { code: 'PROVIDER_UNAVAILABLE', account: 'chain' } }]);
    await door.stop();
  });

  it('is UNAVAILABLE while the ledger is locked, and blames no provider', async () => {
    const ledger = await database.open();
    const { door, ids, know, ask } = await openList(ledger, 1_000);
    await know();
    const [locked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = ledger.db.transaction().execute(async (tx) => {
      await sql`lock table refunds in access exclusive mode`.execute(tx);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    for (const read of ['LEDGER', 'AUTO']) {
      const { data, errors } = await ask(null, read);
      expect(errors).toMatchObject([{ path: ['refunds'], extensions: { code: 'UNAVAILABLE' } }]);
      expect(data).toEqual({ refunds: null });
    }
    release.resolve();
    await holding;
    const { data } = await ask(null, 'LEDGER');
    expect(data.refunds.nodes[0]).toEqual({ merchantRefundId: ids[2] });
    await door.stop();
  });
});
