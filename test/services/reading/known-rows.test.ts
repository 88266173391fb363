/**
 * A list that remembers its rows shows, writes and tells what one does that observes each row each time:
 * whatever other servers, callbacks and queries do to the ledger meanwhile.
 */
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { accountKey, merchantRefundId, providerPaymentId } from '../../../src/refunds/ids.ts';
import type { ProviderAnswer, RefundObservation } from '../../../src/refunds/observation.ts';
import type { Refund, RefundStatus } from '../../../src/refunds/refund.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { createKnownRows, type KnownRows } from '../../../src/services/reading/known-rows.ts';
import { describeOnEachDatabase } from '../../support/database.ts';

const START = Date.parse('2026-05-01T08:00:00Z');
const IDS = ['R1', 'R2', 'R3', 'R4', 'R5'] as const;
type Id = (typeof IDS)[number];

/** What the provider shows of a refund. The same object as long as it shows the same, as a wing does it. */
function row(id: Id, state: RefundStatus, reason: string | null, paid: bigint | null): RefundObservation {
  const raw = JSON.stringify([id, state, reason, paid === null ? null : String(paid)]);
  return {
    provider: 'SHOUTU',
    merchantRefundId: merchantRefundId(id),
    providerRefundId: null,
    merchantPaymentId: null,
    providerPaymentId: providerPaymentId(`PAY${id}`),
    paymentAmount: paid === null ? null : { minorUnits: paid, currency: 'CNY' },
    amount: { minorUnits: 1_000n, currency: 'CNY' },
    feeRefunded: null,
    status: state,
    providerStatus: state,
    reason,
    failure: null,
    createdAt: new Date(START - 1_000 * Number(id.slice(1))),
    completedAt: null,
    details: null,
    raw,
  };
}

const status = fc.constantFrom<RefundStatus>('PROCESSING', 'PROCESSING', 'SUCCEEDED', 'FAILED');
const told = {
  id: fc.constantFrom(...IDS),
  state: status,
  reason: fc.constantFrom(null, 'late'),
  paid: fc.constantFrom(null, 5_000n, 6_000n),
};
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('list' as const), server: fc.nat(1), ids: fc.subarray([...IDS]) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('provider' as const), ...told }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('callback' as const), ...told }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('query' as const), ...told }) },
  // What a server concludes by itself has no record: nothing but the refund's own row changes.
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('conclude' as const), ...told }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 300, 1_000, 700_000) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** One account, at two servers: with memories, or without. */
function house(key: string, ledgers: readonly Ledger[], memories: readonly (KnownRows | null)[]) {
  const account = { key: accountKey(key), provider: 'SHOUTU', retryFailed: false } as const;
  const shown = new Map(IDS.map((id) => [id, row(id, 'PROCESSING', null, null)]));

  async function list(server: number, ids: readonly Id[], at: Date): Promise<readonly (Refund | null)[]> {
    const ledger = ledgers[server];
    if (ledger === undefined) throw new Error('no such server');
    const observations = ids.flatMap((id) => shown.get(id) ?? []);
    const take = (answer: ProviderAnswer) =>
      observe(ledger, account, answer.observations, { via: 'QUERY', at, queriedAt: at });
    const memory = memories[server] ?? null;
    const answer = { observations, unreadable: [] };
    if (memory !== null) return memory.observed(account.key, answer, at, take);
    return (await take(answer)).map(({ refund }) => refund);
  }

  async function does(one: Step, at: Date): Promise<readonly (Refund | null)[]> {
    const [ledger] = ledgers;
    if (one.kind === 'list') return list(one.server, one.ids, at);
    if (one.kind === 'wait' || ledger === undefined) return [];
    const observation = row(one.id, one.state, one.reason, one.paid);
    if (one.kind === 'provider') {
      const before = shown.get(one.id);
      if (before?.raw !== observation.raw) shown.set(one.id, observation);
      return [];
    }
    const context =
      one.kind === 'callback' ? ({ via: 'CALLBACK', at } as const) : ({ via: 'QUERY', at, queriedAt: at } as const);
    const update = one.kind === 'conclude' ? { ...observation, raw: null } : observation;
    await observe(ledger, account, [update], context);
    return [];
  }

  return { account, does };
}

/** All but what is never the same in two accounts. */
const plain = (refund: Refund | null) =>
  refund && { ...refund, account: null, paymentRow: refund.paymentRow && { claimed: refund.paymentRow.claimed } };

async function logOf({ db }: Ledger, key: string): Promise<unknown> {
  const { rows } = await sql`
    select merchant_refund_id, type, event.status, event.via, recorded_at
    from refund_events as event join refunds on refunds.id = refund_id
    where refunds.account_key = ${key} order by merchant_refund_id, event.number`.execute(db);
  return rows;
}

async function recordsOf({ db }: Ledger, key: string): Promise<unknown> {
  const { rows } = await sql`
    select merchant_refund_id, raw from provider_records join refunds on refunds.id = refund_id
    where account_key = ${key} order by 1`.execute(db);
  return rows;
}

describeOnEachDatabase('rows that were observed before', (database) => {
  it('are shown, written and told as if each were observed each time', { timeout: 300_000 }, async () => {
    const commands = fc.array(step, { minLength: 5, maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        const one = await database.open();
        const other = await database.another();
        const ledgers = [one, other];
        const known = house('known', ledgers, ledgers.map(createKnownRows));
        const unknown = house('unknown', ledgers, [null, null]);
        let now = START;
        for (const next of steps) {
          now += next.kind === 'wait' ? next.ms : 1;
          const at = new Date(now);
          const [shown, right] = [await known.does(next, at), await unknown.does(next, at)];
          expect(shown.map(plain)).toEqual(right.map(plain));
          const refs = shown.flatMap((refund) => refund ?? []);
          const stored = await findRefunds(other.db, refs);
          const byId = new Map(stored.map((refund) => [refund.merchantRefundId, refund]));
          expect(refs).toEqual(refs.map(({ merchantRefundId: id }) => byId.get(id)));
        }
        expect(await logOf(one, 'known')).toEqual(await logOf(one, 'unknown'));
        expect(await recordsOf(one, 'known')).toEqual(await recordsOf(one, 'unknown'));
      }),
      { numRuns: 60 },
    );
  });

  it('write nothing while nothing changes, and move observedAt when a second has passed', async () => {
    const ledger = await database.open();
    const { does } = house('known', [ledger], [createKnownRows(ledger)]);
    const list = (ms: number) => does({ kind: 'list', server: 0, ids: [...IDS] }, new Date(START + ms));
    for (const ms of [0, 2_000, 4_000]) await list(ms);
    const written = () => sql`select max(xmin::text::bigint) as last from refunds`.execute(ledger.db);
    const before = await written();
    const [first] = await list(4_500);
    expect(await written()).toEqual(before);
    expect(first?.observedAt).toEqual(new Date(START + 4_000));
    expect((await list(6_000))[0]?.observedAt).toEqual(new Date(START + 6_000));
  });
});
