/**
 * Promise: whatever a provider says, in whatever order, what it has executed of a payment is never more than
 * what this API shows as not free. So nobody refunds it again.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refundedOf } from '../../../src/ledger/payment/payment-totals.ts';
import { readStored } from '../../../src/ledger/refund/refund-writes.ts';
import { findSubmissions } from '../../../src/ledger/submissions.ts';
import { merchantRefundId, type RefundRef } from '../../../src/refunds/ids.ts';
import type { RefundObservation } from '../../../src/refunds/observation.ts';
import { PROVIDERS, type Provider } from '../../../src/refunds/refund.ts';
import { refreshRefund } from '../../../src/services/reading/refresh.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { CRASH, ofEach, scriptedProvider, type Executed, type Scripted } from '../../support/scripted-provider.ts';
import { RECONCILIATION, settlingOver, type Settling } from '../../support/settling.ts';
import { callBack } from '../../support/side-door.ts';
import { plans, type Move } from './interleaving.ts';

/** Set it to run so many times as many interleavings; what half an hour has no time for is left out. */
const LONGER = Number(process.env['INTERLEAVINGS'] ?? 1);
const LONGEST_MS = 1_800_000;

/** After so many seconds a request that was under way has arrived, or never will. */
const ARRIVES_WITHIN = 14;
/**
 * So long, in seconds, a provider may deny a refund before it has said yes. No rule holds beyond the give-up
 * time.
 */
const DENIES_AT_MOST = RECONCILIATION.giveUpAfterSeconds - 300;

/** What a run knows of one provider. */
interface Side {
  readonly at: Scripted;
  readonly payments: readonly string[];
  /** Ids of the refunds made here, with the calls that made them. */
  readonly made: { readonly id: string; readonly input: Parameters<Settling['create']>[1] }[];
  /** How often each refund ended without its money having moved. */
  readonly undone: Map<string, number>;
  /** When each refund was last set in motion, in seconds of the run. */
  readonly executed: Map<string, { readonly times: number; readonly at: number }>;
  /** All that the provider has ever said of each refund, the oldest first. */
  readonly said: Map<string, RefundObservation[]>;
  denies: boolean;
  /** Since when a request has been on its way. */
  lateSince: number | null;
}

describeOnEachDatabase('what a provider has executed', (database) => {
  let at: Record<Provider, Scripted>;
  let here: Settling;
  let elapsed = 0;

  beforeEach(async () => {
    at = ofEach((provider) => scriptedProvider(provider));
    at.SHOUTU.refusesRepeats = true;
    here = await settlingOver(await database.open(), Object.values(at));
  });
  afterEach(() => here.close());

  function sideOf(provider: Provider, run: number): Side {
    const scripted = at[provider];
    scripted.book.clear();
    Object.assign(scripted, { reachable: true, refuses: false });
    const payments = [`PAY${run}A`, `PAY${run}B`];
    const facts = { executed: new Map(), undone: new Map(), said: new Map(), denies: false, lateSince: null };
    return { at: scripted, payments, made: [], ...facts };
  }

  const keyOf = (side: Side) => side.at.account.create?.rules.paymentKeys[0] ?? 'merchantPaymentId';
  const refOf = (side: Side, id: string): RefundRef => ({
    account: side.at.account.key,
    merchantRefundId: merchantRefundId(id),
  });

  /** Lets time go by. What is on its way arrives in time. */
  function pass(sides: readonly Side[], seconds: number): void {
    for (const side of sides) {
      note(side);
      if (side.lateSince !== null && elapsed + seconds - side.lateSince > ARRIVES_WITHIN) arrive(side);
    }
    here.pass(seconds);
    elapsed += seconds;
    sides.forEach(note);
  }
  function arrive(side: Side): void {
    side.at.arrive();
    side.lateSince = null;
    note(side);
  }

  /** Writes down that a request is on its way since now, where the provider has just taken that word. */
  function noteLate(side: Side, move: Move): void {
    if ('word' in move && move.word === 'late' && side.at.script.length === 0) side.lateSince ??= elapsed;
  }

  /** Writes down what has changed at the provider. */
  function note(side: Side): void {
    for (const [id, { executions }] of side.at.book) {
      if (side.executed.get(id)?.times !== executions) side.executed.set(id, { times: executions, at: elapsed });
      const said = side.said.get(id) ?? [];
      const now = side.at.tell(id);
      if (said.at(-1)?.status !== now.status) side.said.set(id, [...said, now]);
    }
  }

  /** Has the provider deny what it may: for ever where it has said yes once, else for a while. */
  async function deny(side: Side): Promise<void> {
    const hidden = new Set<Executed>();
    if (side.denies) {
      for (const [id, executed] of side.at.book) {
        const age = elapsed - (side.executed.get(id)?.at ?? 0);
        if (age <= DENIES_AT_MOST || (await hasSaidYes(refOf(side, id)))) hidden.add(executed);
      }
    }
    side.at.hides = (one) => hidden.has(one);
  }
  async function hasSaidYes({ account, merchantRefundId: id }: RefundRef): Promise<boolean> {
    const { db } = here.parts.ledger;
    const [stored] = await readStored(db, account, [id]);
    if (stored === undefined) return false;
    const sends = await findSubmissions(db, stored.id);
    const round = sends.slice(
      Math.max(
        0,
        sends.findLastIndex(({ kind }) => kind !== 'REPEAT'),
      ),
    );
    const isYes = (outcome: string | null) => ['accepted', 'known', 'accepted-unread'].includes(outcome ?? '');
    return stored.refund.observedAt !== null || round.some(({ outcome }) => isYes(outcome));
  }

  /** Does one thing at one provider. */
  async function play(side: Side, sides: readonly Side[], move: Move): Promise<void> {
    const { at: scripted, made } = side;
    const chosen = 'nth' in move ? made[Math.max(0, made.length - 1 - move.nth)] : undefined;
    if ('nth' in move && chosen === undefined) return;
    const id = chosen?.id ?? '';
    scripted.script.splice(0, Infinity, ...('word' in move ? [move.word] : []));
    await deny(side);
    switch (move.kind) {
      case 'create': {
        const next = `${side.payments[0]}N${made.length}`;
        const input = {
          idempotencyKey: next,
          merchantRefundId: next,
          [keyOf(side)]: side.payments[move.payment] ?? null,
          amount: { amount: `${move.yuan}.00`, currency: 'CNY' },
        };
        made.push({ id: next, input });
        await here.create(scripted, input);
        break;
      }
      case 'repeat':
        await here.create(scripted, chosen?.input ?? {});
        break;
      case 'retry':
        await here.retry(scripted, merchantRefundId(id));
        break;
      case 'settle':
        for (let time = 0; time < move.times; time += 1) {
          pass(sides, move.seconds);
          await deny(side);
          await here.settleOnce(refOf(side, id), move);
          noteLate(side, move);
        }
        break;
      case 'refresh':
        await refreshRefund(here.parts, scripted.account, merchantRefundId(id), new AbortController().signal);
        break;
      case 'callback': {
        const said = side.said.get(id)?.at(move.isOld ? 0 : -1);
        if (said !== undefined) await callBack(here, scripted, said);
        break;
      }
      case 'end': {
        const executed = scripted.book.get(id);
        if (executed?.status !== 'PROCESSING') break;
        executed.status = move.status;
        if (move.status !== 'SUCCEEDED') side.undone.set(id, (side.undone.get(id) ?? 0) + 1);
        break;
      }
      case 'outage':
        scripted.reachable = !move.is;
        break;
      case 'denial':
        side.denies = move.is;
        break;
      case 'no to questions':
        scripted.refuses = move.is;
        break;
      case 'arrival':
        arrive(side);
        break;
      case 'restart':
        here.restart();
        break;
    }
  }

  /**
   * For each payment, the minor units that were set in motion and not undone, and those shown as not free.
   */
  async function sumsOf(side: Side) {
    const key = keyOf(side);
    const { account, book } = side.at;
    const taken = await refundedOf(
      here.parts.ledger.db,
      side.payments.map((payment) => {
        const ids = { merchantPaymentId: null, providerPaymentId: null, [key]: payment };
        return { account: account.key, ...ids };
      }),
    );
    return side.payments.map((payment, index) => {
      let executed = 0n;
      for (const [id, { command, executions }] of book) {
        const times = BigInt(executions - (side.undone.get(id) ?? 0));
        if (command[key] === payment) executed += times * command.amount.minorUnits;
      }
      return { payment, executed, taken: taken[index] ?? 0n };
    });
  }

  test('is never more than what is shown as not free, over the providers', async () => {
    let run = 0;
    const seen = { moves: 0, sums: 0, executed: 0, full: 0, givenFree: 0 };
    await fc.assert(
      fc.asyncProperty(plans, async ({ openings, moves }) => {
        run += 1;
        const sides = PROVIDERS.map((provider) => sideOf(provider, run));
        const first = PROVIDERS.map((provider) => {
          const { word, yuan } = openings[provider];
          return { provider, move: { kind: 'create', payment: 0, yuan, word } as const };
        });
        for (const side of sides) side.denies = openings[side.at.account.provider].denies;
        for (const [step, { provider, move }] of [...first, ...moves].entries()) {
          const side = sides[PROVIDERS.indexOf(provider)] ?? expect.unreachable();
          await play(side, sides, move).catch((error: unknown) => {
            if (error !== CRASH) throw error;
          });
          await here.parts.inFlight.finish(60_000);
          noteLate(side, move);
          sides.forEach(note);
          seen.moves += 1;
          for (const { payment, executed, taken } of await sumsOf(side)) {
            if (executed > taken) expect({ step, provider, payment, executed, taken }).toBe('not more than is taken');
            seen.sums += 1;
            seen.executed += executed > 0n ? 1 : 0;
            seen.full += executed > 0n && executed === taken ? 1 : 0;
            seen.givenFree += side.undone.size > 0 && taken === 0n ? 1 : 0;
          }
        }
      }),
      { numRuns: LONGER * (database.kind === 'embedded' ? 15 : 40), interruptAfterTimeLimit: LONGEST_MS },
    );
    if (LONGER > 1) console.info(JSON.stringify({ run, ...seen }));
    // Else the rule would hold because nothing happened.
    expect(seen.executed).toBeGreaterThan(seen.sums / 20);
    expect(seen.full).toBeGreaterThan(0);
    expect(seen.givenFree).toBeGreaterThan(0);
  }, 3_600_000);
});
