/**
 * Promise: the same callbacks in any order, any number of times, at two servers at once give one end, and one
 * event for each real change.
 */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { listCallbacks } from '../../../src/ledger/callback-search.ts';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { pageEvents } from '../../../src/ledger/events.ts';
import { checkInvariants } from '../../../src/ledger/invariants.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { accountKey, merchantRefundId, type RefundRef } from '../../../src/refunds/ids.ts';
import type { Status } from '../../../src/sandbox/model.ts';
import { createTokenBucket } from '../../../src/flow/token-bucket.ts';
import { createReceiver, type Received } from '../../../src/services/inbox/receive.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import {
  ACCOUNT_NAMES,
  createNotifier,
  forged,
  type AccountName,
  type Notice,
  type Notifier,
} from '../../support/notices.ts';
import { makeKnown } from '../../support/make-known.ts';

let notifier: Notifier;
beforeAll(async () => {
  notifier = await createNotifier();
});

/** The life of a refund, as its provider tells it. */
interface Life {
  readonly account: AccountName;
  readonly refund: string;
  readonly states: readonly Status[];
}

const states = fc.constantFrom<readonly Status[]>(
  ['PROCESSING'],
  ['PENDING', 'PROCESSING'],
  ['SUCCEEDED'],
  ['PENDING', 'PROCESSING', 'SUCCEEDED'],
  ['PROCESSING', 'FAILED'],
  ['PENDING', 'CANCELED'],
);
const lives = fc
  .array(fc.record({ account: fc.constantFrom(...ACCOUNT_NAMES), states }), { minLength: 1, maxLength: 6 })
  .map((list) => list.map((life, nth): Life => ({ ...life, refund: `R${nth}` })));

/** All notices of these lives, each so many times, in some order, each to one of two servers. */
const plans = lives.chain((all) => {
  const notices = all.flatMap(({ account, refund, states }) =>
    states.flatMap((status) => notifier.write(account, { refund, status }) ?? []),
  );
  const copies = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: notices.length, maxLength: notices.length });
  return fc.record({
    lives: fc.constant(all),
    sent: copies.chain((times) => {
      const letters = notices.flatMap((notice, index) => Array.from({ length: times[index] ?? 1 }, () => notice));
      return fc.tuple(
        fc.shuffledSubarray(letters, { minLength: letters.length }),
        fc.array(fc.nat({ max: 1 }), { minLength: letters.length, maxLength: letters.length }),
      );
    }),
    atOnce: fc.integer({ min: 1, max: 8 }),
  });
});

function doorOf(ledger: Ledger): (notice: Notice) => Promise<Received> {
  const receive = createReceiver({
    ledger,
    queue: { expedite: () => Promise.resolve() },
    bucket: createTokenBucket(ledger.clock, { burst: 100, perSecond: 0 }),
  });
  const accounts = notifier.accounts();
  return ({ account: name, contentType, body }) => {
    const account = accounts.get(name);
    if (account?.callbacks === undefined) throw new Error(`${name} takes no callbacks`);
    const arrival = {
      contentType,
      body: Buffer.from(body),
      headers: {},
      remoteAddress: null,
      receivedAt: ledger.clock(),
    };
    return receive(account, account.callbacks, arrival);
  };
}

/** What BluePay tells of must be known: its notices name no merchant. */
async function knowBlue(ledger: Ledger, all: readonly Life[]): Promise<void> {
  for (const { account, refund } of all) {
    const notice = account === 'blue' ? notifier.write(account, { refund, status: 'SUCCEEDED' }) : null;
    if (notice !== null) await makeKnown(ledger, notifier.accounts().get('blue'), notice);
  }
}

const refOf = ({ account, refund }: Life): RefundRef => ({
  account: accountKey(account),
  merchantRefundId: merchantRefundId(refund),
});

/** What the last word about a life says; an end is the last word. */
const endOf = ({ account, states }: Life): Status | null => {
  const last = states.at(-1) ?? null;
  const isEnd = last === 'SUCCEEDED' || last === 'FAILED' || last === 'CANCELED';
  // BluePay tells of ends alone, and of nothing that is not known here.
  if (account === 'blue') return isEnd ? last : 'PENDING';
  // Shoutu does not say whether money moved.
  if (account === 'library' && last === 'CANCELED') return 'PROCESSING';
  // TiPay has no word for PENDING.
  return account === 'chain' && last === 'PENDING' ? 'PROCESSING' : last;
};

async function endState(ledger: Ledger, all: readonly Life[]) {
  const refunds = await findRefunds(ledger.db, all.map(refOf));
  return (
    refunds
      // How many events led there, and when, depends on the order; a payment's row has another id in each
      // ledger.
      .map(({ observedAt: _observedAt, updatedAt: _updatedAt, version: _version, attention, ...refund }) => ({
        ...refund,
        paymentRow: refund.paymentRow === null ? null : { claimed: refund.paymentRow.claimed },
        attention: Object.keys(attention),
      }))
      .toSorted((a, b) => (a.merchantRefundId < b.merchantRefundId ? -1 : 1))
  );
}

describeOnEachDatabase('callbacks in any order', (database) => {
  it('come to the same end, with one event for each real change, and each is acknowledged', async () => {
    const second = await database.another();
    await fc.assert(
      fc.asyncProperty(plans, async ({ lives: all, sent: [letters, to], atOnce }) => {
        // As the provider means it: each once, in order, at one server.
        const first = await database.open();
        await knowBlue(first, all);
        const inOrder = doorOf(first);
        for (const { account, refund, states } of all) {
          for (const status of states) {
            const notice = notifier.write(account, { refund, status });
            if (notice !== null) await inOrder(notice);
          }
        }
        const meant = await endState(first, all);

        const ledger = await database.open();
        await knowBlue(ledger, all);
        const doors = [doorOf(ledger), doorOf(second)];
        const waiting = [...letters.entries()];
        const received: Received[] = [];
        const work = async (): Promise<void> => {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            const [index, letter] = next;
            const door = doors[to[index] ?? 0];
            if (door !== undefined) received.push(await door(letter));
          }
        };
        await Promise.all(Array.from({ length: atOnce }, work));

        expect(received.map(({ kind }) => kind).filter((kind) => kind !== 'applied' && kind !== 'repeated')).toEqual(
          [],
        );
        expect(received.filter(({ kind }) => kind === 'applied')).toHaveLength(
          new Set(letters.map(({ body }) => body)).size,
        );
        expect(await endState(ledger, all)).toEqual(meant);
        for (const life of all) {
          const end = endOf(life);
          const events = await pageEvents(ledger.db, refOf(life), { direction: 'ASC', after: null, limit: 100 });
          expect(events.at(-1)?.status ?? null).toBe(end);
          const statuses = events
            .filter(({ type }) => type !== 'DETAILS_CHANGED' && type !== 'ATTENTION_CHANGED')
            .map(({ status }) => status);
          expect(new Set(statuses).size).toBe(statuses.length);
        }
        const callbacks = await listCallbacks(ledger.db, {
          state: null,
          account: null,
          refund: null,
          since: null,
          limit: 500,
        });
        expect(callbacks.reduce((sum, { timesReceived }) => sum + timesReceived, 0)).toBe(letters.length);
        expect((await checkInvariants(ledger.db)).flatMap(({ offenders }) => offenders)).toEqual([]);
      }),
      { numRuns: database.kind === 'embedded' ? 8 : 25 },
    );
  }, 120_000);

  it('of two ends that contradict each other the first stays, and the other is one event', async () => {
    const ledger = await database.open();
    await knowBlue(ledger, [{ account: 'blue', refund: 'R1', states: [] }]);
    const [here, there] = [doorOf(ledger), doorOf(await database.another())];
    const ends = (['SUCCEEDED', 'FAILED', 'CANCELED'] as const).flatMap(
      (status) => notifier.write('blue', { refund: 'R1', status }) ?? [],
    );
    const all = [...ends, ...ends, ...ends];
    const received = await Promise.all(all.map((notice, nth) => (nth % 2 === 0 ? here : there)(notice)));
    expect(received.filter((one) => one.kind === 'applied')).toHaveLength(1);
    expect(received.filter((one) => one.kind === 'flagged')).toHaveLength(2);
    const ref = { account: accountKey('blue'), merchantRefundId: merchantRefundId('R1') };
    const events = await pageEvents(ledger.db, ref, { direction: 'ASC', after: null, limit: 10 });
    expect(events.map(({ type }) => type)).toEqual([
      'DISCOVERED',
      'STATUS_CHANGED',
      'CONFLICT_DETECTED',
      'CONFLICT_DETECTED',
    ]);
    expect(new Set(events.slice(1).map(({ status }) => status)).size).toBe(1);
  });

  it('a forged one among them is the only one that is not acknowledged', async () => {
    const ledger = await database.open();
    const door = doorOf(ledger);
    const good = ['R1', 'R2', 'R3'].flatMap((refund) => notifier.write('chain', { refund, status: 'SUCCEEDED' }) ?? []);
    const all = [...good, ...good.map(forged)];
    const received = await Promise.all(all.map(door));
    expect(received.map(({ kind }) => kind)).toEqual([...good.map(() => 'applied'), ...good.map(() => 'rejected')]);
  });
});
