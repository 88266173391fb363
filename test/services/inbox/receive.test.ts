import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { findCallback, listCallbacks } from '../../../src/ledger/callback-search.ts';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { pageEvents } from '../../../src/ledger/events.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { accountKey, merchantRefundId, type RefundRef } from '../../../src/refunds/ids.ts';
import { createTokenBucket } from '../../../src/flow/token-bucket.ts';
import { createReceiver, type Received } from '../../../src/services/inbox/receive.ts';
import { replay } from '../../../src/services/inbox/replay.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { makeKnown } from '../../support/make-known.ts';
import {
  createNotifier,
  forged,
  type AccountName,
  type Notice,
  type Notifier,
  type Said,
} from '../../support/notices.ts';

let notifier: Notifier;
beforeAll(async () => {
  notifier = await createNotifier();
});

const EVERYTHING = { state: null, account: null, refund: null, since: null, limit: 100 };
const T0 = Date.parse('2026-06-01T00:00:00Z');

/** A server's side door without its HTTP. */
function receiving(ledger: Ledger, budget = { burst: 1_000, perSecond: 0 }) {
  const asked: string[] = [];
  let now = T0;
  const clock = () => new Date((now += 1));
  const ours = { ...ledger, clock };
  const queue = {
    expedite: (_: unknown, ref: RefundRef): Promise<void> => {
      asked.push(`${ref.account} ${ref.merchantRefundId}`);
      return Promise.resolve();
    },
  };
  const accounts = notifier.accounts();
  const receive = createReceiver({ ledger: ours, queue, bucket: createTokenBucket(clock, budget) });
  const accountOf = (name: AccountName) => {
    const account = accounts.get(name);
    if (account?.callbacks === undefined) throw new Error(`${name} takes no callbacks`);
    return { account, callbacks: account.callbacks };
  };
  return {
    asked,
    pass: (ms: number) => void (now += ms),
    take: (notice: Notice): Promise<Received> => {
      const { account, callbacks } = accountOf(notice.account);
      const body = Buffer.from(notice.body);
      const arrival = {
        contentType: notice.contentType,
        body,
        headers: {},
        remoteAddress: '192.0.2.7',
        receivedAt: clock(),
      };
      return receive(account, callbacks, arrival);
    },
    replay: (id: string) => {
      const keyed = new Map([...accounts].map(([name, one]) => [accountKey(name), one]));
      return replay({ ledger: ours, queue, accounts: keyed }, id);
    },
  };
}

function write(account: AccountName, said: Said): Notice {
  const notice = notifier.write(account, said);
  if (notice === null) throw new Error(`${account} sends nothing about ${said.status}`);
  return notice;
}

const refOf = (account: AccountName, refund: string): RefundRef => ({
  account: accountKey(account),
  merchantRefundId: merchantRefundId(refund),
});
const eventsOf = (ledger: Ledger, account: AccountName, refund: string) =>
  pageEvents(ledger.db, refOf(account, refund), { direction: 'ASC', after: null, limit: 100 });
const statusOf = async (ledger: Ledger, account: AccountName, refund: string) =>
  (await findRefunds(ledger.db, [refOf(account, refund)]))[0]?.status;

describeOnEachDatabase('a callback', (database) => {
  it.each(['library', 'chain'] as const)('of %s makes an unknown refund known and has it asked about', async (name) => {
    const ledger = await database.open();
    const side = receiving(ledger);
    const notice = write(name, { refund: 'R1', status: 'SUCCEEDED' });
    expect(await side.take(notice)).toEqual({ kind: 'applied', merchantRefundId: 'R1', reason: null });
    expect(side.asked).toEqual([`${name} R1`]);
    expect(await eventsOf(ledger, name, 'R1')).toMatchObject([
      { type: 'DISCOVERED', status: 'SUCCEEDED', via: 'CALLBACK', occurredAt: new Date('2026-05-01T08:01:00Z') },
    ]);
    const [kept] = await listCallbacks(ledger.db, EVERYTHING);
    expect(kept).toMatchObject({
      account: name,
      state: 'APPLIED',
      reason: null,
      merchantRefundId: 'R1',
      contentType: notice.contentType,
      bodySize: Buffer.byteLength(notice.body),
      remoteAddress: '192.0.2.7',
      timesReceived: 1,
    });
    expect((await findCallback(ledger.db, kept?.id ?? ''))?.body?.toString()).toBe(notice.body);
  });

  it('that comes again is counted, and nothing else is written', async () => {
    const ledger = await database.open();
    const side = receiving(ledger);
    const notice = write('chain', { refund: 'R1', status: 'SUCCEEDED' });
    await side.take(notice);
    const before = await versions(ledger);
    side.pass(5_000);
    expect(await side.take(notice)).toEqual({ kind: 'repeated', merchantRefundId: 'R1', reason: null });
    expect((await Promise.all([notice, notice].map(side.take))).map(({ kind }) => kind)).toEqual([
      'repeated',
      'repeated',
    ]);
    expect(await versions(ledger)).toEqual(before);
    expect(side.asked).toHaveLength(1);
    const [kept, ...others] = await listCallbacks(ledger.db, EVERYTHING);
    expect(others).toEqual([]);
    expect(kept?.timesReceived).toBe(4);
    expect(kept?.lastReceivedAt.getTime()).toBeGreaterThan(T0 + 5_000);
  });

  it('that comes ten times at once is applied once', async () => {
    const ledger = await database.open();
    const side = receiving(ledger);
    const notice = write('chain', { refund: 'R1', status: 'SUCCEEDED' });
    const kinds = (await Promise.all(Array.from({ length: 10 }, () => side.take(notice)))).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['applied', ...Array.from({ length: 9 }, () => 'repeated')]);
    expect(await eventsOf(ledger, 'chain', 'R1')).toHaveLength(1);
    expect((await listCallbacks(ledger.db, EVERYTHING)).map((one) => one.timesReceived)).toEqual([10]);
  });

  it('that is older than what is known is kept and changes nothing', async () => {
    const ledger = await database.open();
    const side = receiving(ledger);
    await side.take(write('library', { refund: 'R1', status: 'SUCCEEDED' }));
    expect(await side.take(write('library', { refund: 'R1', status: 'PROCESSING' }))).toEqual({
      kind: 'applied',
      merchantRefundId: 'R1',
      reason: 'older than what is known: changes nothing',
    });
    expect(await statusOf(ledger, 'library', 'R1')).toBe('SUCCEEDED');
    expect(await eventsOf(ledger, 'library', 'R1')).toHaveLength(1);
  });

  it.each([
    ['amount', { amount: 999n }],
    ['providerPaymentId', { payment: 'PAYOTHER' }],
    ['providerRefundId', { theirRefund: 'THEIRSOTHER' }],
  ])('with another %s is kept, flagged and not applied, and the provider is queried', async (member, other) => {
    const ledger = await database.open();
    const side = receiving(ledger);
    await side.take(write('library', { refund: 'R1', status: 'PROCESSING' }));
    const wrong = write('library', { refund: 'R1', status: 'SUCCEEDED', ...other });
    expect(await side.take(wrong)).toEqual({
      kind: 'flagged',
      merchantRefundId: 'R1',
      reason: expect.stringContaining(member),
    });
    expect(await statusOf(ledger, 'library', 'R1')).toBe('PROCESSING');
    expect((await eventsOf(ledger, 'library', 'R1')).map(({ type }) => type)).toEqual([
      'DISCOVERED',
      'CONFLICT_DETECTED',
    ]);
    expect(side.asked).toEqual(['library R1', 'library R1']);
    expect(await side.take(wrong)).toMatchObject({ kind: 'repeated' });
    expect(await listCallbacks(ledger.db, { ...EVERYTHING, state: 'FLAGGED' })).toMatchObject([
      { reason: expect.stringContaining(member), timesReceived: 2 },
    ]);
  });

  it('in new padding is the same callback: what was signed recognises it', async () => {
    const ledger = await database.open();
    const side = receiving(ledger);
    const known = write('blue', { refund: 'R1', status: 'SUCCEEDED' });
    await makeKnown(ledger, notifier.accounts().get('blue'), known);
    for (const notice of [
      known,
      write('chain', { refund: 'R1', status: 'SUCCEEDED' }),
      write('library', { refund: 'R1', status: 'SUCCEEDED' }),
    ]) {
      const members = notice.contentType.startsWith('application/json')
        ? JSON.parse(notice.body)
        : Object.fromEntries(new URLSearchParams(notice.body));
      const json = { ...notice, contentType: 'application/json; charset=utf-8' };
      const wrapped = [
        { ...json, body: `${JSON.stringify(members)} ` },
        { ...json, body: JSON.stringify({ sign: members.sign, ...members, unsaid: null }, null, 2) },
      ];
      expect((await side.take(notice)).kind).toBe('applied');
      for (const copy of wrapped)
        expect(await side.take(copy)).toEqual({ kind: 'repeated', merchantRefundId: 'R1', reason: null });
    }
    const kept = await listCallbacks(ledger.db, EVERYTHING);
    expect(kept.map(({ timesReceived }) => timesReceived)).toEqual([3, 3, 3]);
    // A form member more is not signed at TiPay.
    const chain = write('chain', { refund: 'R1', status: 'SUCCEEDED' });
    expect(await side.take({ ...chain, body: `${chain.body}&more=1` })).toMatchObject({ kind: 'repeated' });
    expect(await listCallbacks(ledger.db, EVERYTHING)).toHaveLength(3);
  });

  it('of blue about a refund that is not known here is kept, flagged and queried', async () => {
    const ledger = await database.open();
    const side = receiving(ledger);
    const notice = write('blue', { refund: 'R1', status: 'SUCCEEDED' });
    expect(await side.take(notice)).toEqual({
      kind: 'flagged',
      merchantRefundId: 'R1',
      reason: expect.stringContaining('names no merchant'),
    });
    expect(side.asked).toEqual(['blue R1']);
    expect(await statusOf(ledger, 'blue', 'R1')).toBeUndefined();
    const [kept] = await listCallbacks(ledger.db, EVERYTHING);
    expect(kept).toMatchObject({ state: 'FLAGGED', merchantRefundId: 'R1' });
    await makeKnown(ledger, notifier.accounts().get('blue'), notice);
    expect(await side.replay(kept?.id ?? '')).toMatchObject({
      kind: 'applied',
      observed: { change: 'STATUS_CHANGED' },
    });
    expect(await statusOf(ledger, 'blue', 'R1')).toBe('SUCCEEDED');
  });

  it.each(['library', 'blue', 'chain'] as const)(
    'of %s with a wrong signature is kept as rejected and touches nothing',
    async (name) => {
      const ledger = await database.open();
      const side = receiving(ledger);
      await side.take(write(name, { refund: 'R1', status: 'SUCCEEDED' }));
      const before = await versions(ledger);
      const bad = forged(write(name, { refund: 'R1', status: 'CANCELED' }));
      const expected = { kind: 'rejected', reason: 'the signature does not match', isKept: true };
      expect(await side.take(bad)).toEqual(expected);
      expect(await side.take(bad)).toEqual(expected);
      expect(await versions(ledger)).toEqual(before);
      expect(await listCallbacks(ledger.db, { ...EVERYTHING, state: 'REJECTED' })).toMatchObject([
        { account: name, reason: expected.reason, timesReceived: 2, merchantRefundId: null },
      ]);
    },
  );

  it('of another merchant is rejected', async () => {
    const ledger = await database.open();
    const other = await createNotifier();
    const side = receiving(ledger);
    const notice = other.write('chain', { refund: 'R1', status: 'SUCCEEDED' });
    expect(notice === null ? null : await side.take(notice)).toMatchObject({ kind: 'rejected' });
  });

  it('that was rejected and is believed now, because the key was put right, is applied', async () => {
    const ledger = await database.open();
    const right = receiving(ledger);
    const notice = write('chain', { refund: 'R1', status: 'SUCCEEDED' });
    // The bytes were kept as rejected by a server with another key.
    const ours = notifier;
    notifier = await createNotifier();
    const wrongKey = receiving(ledger);
    notifier = ours;
    expect(await wrongKey.take(notice)).toMatchObject({ kind: 'rejected' });
    expect(await right.take(notice)).toMatchObject({ kind: 'applied' });
    expect(await wrongKey.take(notice)).toMatchObject({ kind: 'rejected' });
    expect(await listCallbacks(ledger.db, EVERYTHING)).toMatchObject([
      { state: 'APPLIED', reason: null, timesReceived: 3, merchantRefundId: 'R1' },
    ]);
    expect(await statusOf(ledger, 'chain', 'R1')).toBe('SUCCEEDED');
  });

  it('is kept or undone as a whole', async () => {
    const ledger = await database.open();
    const account = notifier.accounts().get('chain');
    if (account?.callbacks === undefined) throw new Error('no account');
    const receive = createReceiver({
      ledger,
      queue: { expedite: () => Promise.reject(new Error('the queue is broken')) },
      bucket: createTokenBucket(ledger.clock, { burst: 1, perSecond: 0 }),
    });
    const { contentType, body } = write('chain', { refund: 'R1', status: 'SUCCEEDED' });
    const arrival = {
      contentType,
      body: Buffer.from(body),
      headers: {},
      remoteAddress: null,
      receivedAt: new Date(T0),
    };
    await expect(receive(account, account.callbacks, arrival)).rejects.toThrow('the queue is broken');
    expect(await listCallbacks(ledger.db, EVERYTHING)).toMatchObject([
      { state: 'REJECTED', reason: expect.stringContaining('a mistake of ours'), merchantRefundId: null },
    ]);
    expect(await statusOf(ledger, 'chain', 'R1')).toBeUndefined();
  });

  it('that spoils its batch fails alone', async () => {
    const ledger = await database.open();
    const account = notifier.accounts().get('chain');
    if (account?.callbacks === undefined) throw new Error('no account');
    const { callbacks } = account;
    const receive = createReceiver({
      ledger,
      queue: {
        expedite: (_, { merchantRefundId: id }) => (id === 'R2' ? Promise.reject(new Error('R2')) : Promise.resolve()),
      },
      bucket: createTokenBucket(ledger.clock, { burst: 1, perSecond: 0 }),
    });
    const taken = await Promise.allSettled(
      ['R1', 'R2', 'R3'].map((refund) => {
        const { contentType, body } = write('chain', { refund, status: 'SUCCEEDED' });
        return receive(account, callbacks, {
          contentType,
          body: Buffer.from(body),
          headers: {},
          remoteAddress: null,
          receivedAt: new Date(T0),
        });
      }),
    );
    expect(taken.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await statusOf(ledger, 'chain', 'R2')).toBeUndefined();
    const kept = await listCallbacks(ledger.db, EVERYTHING);
    expect(kept.map(({ state }) => state).toSorted()).toEqual(['APPLIED', 'APPLIED', 'REJECTED']);
  });

  it('keeps bytes that are no text', async () => {
    const ledger = await database.open();
    const account = notifier.accounts().get('library');
    if (account?.callbacks === undefined) throw new Error('no account');
    const receive = createReceiver({
      ledger,
      queue: { expedite: () => Promise.resolve() },
      bucket: createTokenBucket(ledger.clock, { burst: 1, perSecond: 0 }),
    });
    const body = Buffer.from([0, 0xff, 0xfe, 0x27, 0x5c, 0]);
    const arrival = {
      contentType: 'application/json',
      body,
      headers: {},
      remoteAddress: null,
      receivedAt: new Date(T0),
    };
    await receive(account, account.callbacks, arrival);
    const [kept] = await listCallbacks(ledger.db, EVERYTHING);
    expect((await findCallback(ledger.db, kept?.id ?? ''))?.body).toEqual(body);
  });
});

describeOnEachDatabase('what is kept of rejected callbacks', (database) => {
  const garbage = (nth: number, size = 20): Notice => ({
    account: 'blue',
    contentType: 'application/json',
    body: `${nth} `.padEnd(size, 'x'),
  });

  it('is so many at once and so many per second', async () => {
    const ledger = await database.open();
    const side = receiving(ledger, { burst: 5, perSecond: 1 });
    const taken = await Promise.all(Array.from({ length: 50 }, (_, nth) => side.take(garbage(nth))));
    expect(taken.filter((one) => one.kind === 'rejected' && one.isKept)).toHaveLength(5);
    expect(taken.every(({ kind }) => kind === 'rejected')).toBe(true);
    expect(await listCallbacks(ledger.db, EVERYTHING)).toHaveLength(5);
    side.pass(2_000);
    await Promise.all(Array.from({ length: 50 }, (_, nth) => side.take(garbage(100 + nth))));
    expect(await listCallbacks(ledger.db, EVERYTHING)).toHaveLength(7);
  });

  it('is the latest thousand of an account, without large bodies', async () => {
    const ledger = await database.open();
    const side = receiving(ledger, { burst: 10_000, perSecond: 0 });
    await side.take(write('blue', { refund: 'R1', status: 'SUCCEEDED' }));
    await sql`
      insert into callbacks (id, account_key, digest, body_digest, state, reason, content_type, body_size, received_at,
        last_received_at, times_received)
      select gen_random_uuid(), 'blue', 'old ' || nth, 'old ' || nth, 'REJECTED', 'x', 'x', 1, to_timestamp(nth), to_timestamp(nth), 1
      from generate_series(1, 1200) as nth
    `.execute(ledger.db);
    await side.take(garbage(1, 8 * 1024));
    await side.take(garbage(2, 8 * 1024 + 1));
    const kept = await listCallbacks(ledger.db, { ...EVERYTHING, limit: 5_000 });
    expect(kept.filter(({ state }) => state === 'REJECTED')).toHaveLength(1_000);
    expect(kept.filter(({ state }) => state === 'FLAGGED')).toHaveLength(1);
    const bodies = await Promise.all(
      kept
        .filter(({ bodySize }) => bodySize > 8_000)
        .map(async ({ id }) => (await findCallback(ledger.db, id))?.body?.length),
    );
    expect(bodies).toEqual([undefined, 8 * 1024]);
  });
});

describe('applying again', () => {
  describeOnEachDatabase('replay', (database) => {
    it('of an applied callback changes nothing', async () => {
      const ledger = await database.open();
      const side = receiving(ledger);
      await side.take(write('chain', { refund: 'R1', status: 'SUCCEEDED' }));
      const [kept] = await listCallbacks(ledger.db, EVERYTHING);
      const before = await versions(ledger);
      expect(await side.replay(kept?.id ?? '')).toMatchObject({ kind: 'applied', observed: { change: 'NONE' } });
      expect(await versions(ledger)).toEqual(before);
      expect(await listCallbacks(ledger.db, EVERYTHING)).toEqual([kept]);
    });

    it('of a rejected one applies it once its key is right', async () => {
      const ledger = await database.open();
      const ours = notifier;
      const notice = write('chain', { refund: 'R1', status: 'SUCCEEDED' });
      notifier = await createNotifier();
      const wrongKey = receiving(ledger);
      notifier = ours;
      await wrongKey.take(notice);
      const id = (await listCallbacks(ledger.db, EVERYTHING))[0]?.id ?? '';
      expect(await wrongKey.replay(id)).toEqual({ kind: 'rejected', reason: 'the signature does not match' });
      const right = receiving(ledger);
      expect(await right.replay(id)).toMatchObject({ kind: 'applied', observed: { change: 'DISCOVERED' } });
      expect(right.asked).toEqual(['chain R1']);
      expect(await wrongKey.replay(id)).toMatchObject({ kind: 'rejected' });
      expect(await listCallbacks(ledger.db, EVERYTHING)).toMatchObject([{ state: 'APPLIED', reason: null }]);
    });

    it('of a flagged one flags it again', async () => {
      const ledger = await database.open();
      const side = receiving(ledger);
      await side.take(write('library', { refund: 'R1', status: 'SUCCEEDED' }));
      await side.take(write('library', { refund: 'R1', status: 'FAILED' }));
      const [kept] = await listCallbacks(ledger.db, { ...EVERYTHING, state: 'FLAGGED' });
      expect(await side.replay(kept?.id ?? '')).toMatchObject({
        kind: 'flagged',
        reason: 'contradicts what is known: status',
      });
      expect(await eventsOf(ledger, 'library', 'R1')).toHaveLength(2);
    });

    it('says what it can not do', async () => {
      const ledger = await database.open();
      const side = receiving(ledger);
      expect(await side.replay('nothing')).toEqual({ kind: 'unknown' });
      await side.take({ account: 'blue', contentType: 'application/json', body: 'x'.repeat(9_000) });
      const [large] = await listCallbacks(ledger.db, EVERYTHING);
      expect(await side.replay(large?.id ?? '')).toMatchObject({
        kind: 'impossible',
        reason: expect.stringContaining('too large'),
      });
      await sql`update callbacks set account_key = 'gone'`.execute(ledger.db);
      expect(await side.replay(large?.id ?? '')).toMatchObject({
        kind: 'impossible',
        reason: expect.stringContaining('gone'),
      });
    });
  });
});

/**
 * Every row of the refunds' tables, with the transaction that wrote it. Equal only when nothing was written
 * in between.
 */
async function versions(ledger: Ledger): Promise<Record<string, unknown>> {
  const tables = ['payments', 'refunds', 'refund_events', 'provider_records'];
  const rows = await Promise.all(
    tables.map(async (table) => {
      const written = await sql`select xmin::text, ctid::text from ${sql.table(table)} order by 1, 2`.execute(
        ledger.db,
      );
      return [table, written.rows] as const;
    }),
  );
  return Object.fromEntries(rows);
}
