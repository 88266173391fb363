/**
 * A storm of callbacks: makes it, sends it until each is acknowledged, and compares the ledger with the
 * expected state.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { Agent } from 'undici';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { checkInvariants } from '../../src/ledger/invariants.ts';
import { accountKey, merchantPaymentId, merchantRefundId, providerPaymentId } from '../../src/refunds/ids.ts';
import type { Status } from '../../src/sandbox/model.ts';
import { seededRandom } from '../../src/sandbox/random.ts';
import { observe } from '../../src/services/observation/observe.ts';
import { forged, type AccountName, type Notice, type Notifier } from './notices.ts';
import { refundUpdate } from './refund-update.ts';

/** What a provider will tell of one refund. */
interface Life {
  readonly account: AccountName;
  readonly refund: string;
  readonly end: Status;
  /** We made it, so that the ledger knows it before any callback comes. */
  readonly isOurs: boolean;
}

export interface Storm {
  readonly lives: readonly Life[];
  /** Each different callback once. */
  readonly letters: readonly Notice[];
  /** Every letter so many times, in any order, with some forged ones among them. */
  readonly deliveries: readonly Delivery[];
}

interface Delivery {
  readonly notice: Notice;
  readonly isForged: boolean;
}

const AMOUNT = 1_000n;
const PROVIDER = { library: 'SHOUTU', blue: 'BLUEPAY', chain: 'TIPAY' } as const;

/**
 * Makes a storm of this many different callbacks. Of each hundred refunds, some are unknown before (none of
 * BluePay, whose notices name no merchant), one has a callback with another amount, and one has a forged one.
 */
export function makeStorm(notifier: Notifier, size: { callbacks: number; times: number; seed: number }): Storm {
  const random = seededRandom(size.seed);
  const lives: Life[] = [];
  const letters: Notice[] = [];
  const lies: Notice[] = [];
  const write = (life: Life, status: Status, amount = AMOUNT): Notice[] =>
    [notifier.write(life.account, { refund: life.refund, status, amount })].filter((notice) => notice !== null);
  while (letters.length < size.callbacks) {
    const nth = lives.length;
    const chance = random();
    const account: AccountName = chance < 0.4 ? 'library' : chance < 0.8 ? 'chain' : 'blue';
    const end: Status = random() < 0.1 ? 'FAILED' : 'SUCCEEDED';
    const life: Life = { account, refund: `S${nth}`, end, isOurs: nth % 20 !== 7 || account === 'blue' };
    lives.push(life);
    letters.push(...write(life, 'PROCESSING'), ...write(life, end));
    if (nth % 100 === 11) letters.push(...write(life, end, AMOUNT + 1n));
    if (nth % 100 === 13) lies.push(...write(life, 'CANCELED').map(forged));
  }
  const deliveries = [
    ...letters.flatMap((notice) => Array.from({ length: size.times }, () => ({ notice, isForged: false }))),
    ...lies.map((notice) => ({ notice, isForged: true })),
  ];
  for (let at = deliveries.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const [one, two] = [deliveries[at], deliveries[other]];
    if (one !== undefined && two !== undefined) [deliveries[at], deliveries[other]] = [two, one];
  }
  return { lives, letters, deliveries };
}

/** Writes our own refunds as they stand when they were just submitted. */
export async function recordOurs(ledger: Ledger, { lives }: Storm): Promise<void> {
  for (const account of ['library', 'blue', 'chain'] as const) {
    const ours = lives.filter((life) => life.isOurs && life.account === account);
    const provider = PROVIDER[account];
    const observed = { key: accountKey(account), provider, retryFailed: account === 'chain' };
    const currency = account === 'blue' ? 'THB' : 'CNY';
    const updates = ours.map(({ refund }) =>
      refundUpdate({
        provider,
        merchantRefundId: merchantRefundId(refund),
        merchantPaymentId: account === 'chain' ? merchantPaymentId(`ORDERPAY${refund}`) : null,
        providerPaymentId: account === 'chain' ? null : providerPaymentId(`PAY${refund}`),
        amount: { minorUnits: AMOUNT, currency },
        status: 'PENDING',
        providerStatus: null,
        createdAt: null,
      }),
    );
    for (let from = 0; from < updates.length; from += 500) {
      await observe(ledger, observed, updates.slice(from, from + 500), { via: 'MUTATION', at: ledger.clock() });
    }
  }
}

export interface Sent {
  readonly acknowledged: number;
  /** Forged ones that were refused. */
  readonly refused: number;
  /** Tries that brought no acknowledgement, and were made again. */
  readonly again: number;
  readonly seconds: number;
}

const WORDS = { library: 'SUCCESS', chain: 'SUCCESS', blue: '{"code":10000,"message":"Success"}' } as const;

/**
 * Sends every delivery until it is acknowledged in the provider's words, as a patient provider does (a forged
 * one: until it is refused). `urls` gives the addresses that are up now; `progress` is called with the number
 * done.
 */
export async function sendAll(
  deliveries: readonly Delivery[],
  urls: () => readonly string[],
  { atOnce, progress }: { readonly atOnce: number; readonly progress?: (done: number) => void },
): Promise<Sent> {
  const dispatcher = new Agent({ connections: atOnce, pipelining: 1, bodyTimeout: 30_000, headersTimeout: 30_000 });
  const waiting = deliveries.entries();
  let acknowledged = 0;
  let refused = 0;
  let again = 0;

  async function post({ account, contentType, body }: Notice, url: string): Promise<{ status: number; text: string }> {
    const { origin } = new URL(url);
    const headers = { 'content-type': contentType };
    const answer = await dispatcher.request({ origin, path: `/notify/${account}`, method: 'POST', headers, body });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  async function deliver({ notice, isForged }: Delivery, nth: number): Promise<void> {
    for (let attempt = nth; ; attempt += 1) {
      const up = urls();
      const url = up[attempt % Math.max(1, up.length)];
      const answer = url === undefined ? null : await post(notice, url).catch(() => null);
      if (isForged && answer?.status === 401) return void (refused += 1);
      if (answer?.status === 200) {
        if (isForged || answer.text !== WORDS[notice.account]) throw new Error(`acknowledged wrongly: ${answer.text}`);
        return void (acknowledged += 1);
      }
      if (answer !== null && answer.status !== 503) throw new Error(`${answer.status} ${answer.text}`);
      again += 1;
      await pause(100);
    }
  }

  async function work(): Promise<void> {
    for (const [nth, delivery] of waiting) {
      await deliver(delivery, nth);
      progress?.(acknowledged + refused);
    }
  }

  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  const seconds = (performance.now() - startedAt) / 1_000;
  await dispatcher.destroy();
  return { acknowledged, refused, again, seconds };
}

interface Found {
  readonly account: string;
  readonly refund: string;
  readonly status: Status;
  readonly types: readonly string[];
  readonly statuses: readonly string[];
  /** Callbacks that were applied and are not called older, and flagged ones. */
  readonly applied: number;
  readonly flagged: number;
}

/** Events that callbacks make by themselves: not those of a sweep, nor contradictions. */
const TOLD: ReadonlySet<string> = new Set(['REQUESTED', 'DISCOVERED', 'STATUS_CHANGED', 'DETAILS_CHANGED']);

/** Every difference between the ledger and the expected state after a storm, and the number of events. */
export async function compare(
  { db }: Ledger,
  { lives, letters, deliveries }: Storm,
): Promise<{
  readonly wrong: readonly string[];
  readonly events: number;
  readonly states: Readonly<Record<string, number>>;
}> {
  const { rows } = await sql<Found>`
    select account_key as account, merchant_refund_id as refund, status,
      (select array_agg(type order by number) from refund_events where refund_id = refunds.id) as types,
      (select array_agg(status order by number) from refund_events where refund_id = refunds.id) as statuses,
      coalesce(applied, 0)::int as applied, coalesce(flagged, 0)::int as flagged
    from refunds left join (
      select account_key, merchant_refund_id, count(*) filter (where state = 'APPLIED' and reason is null) as applied,
        count(*) filter (where state = 'FLAGGED') as flagged
      from callbacks group by 1, 2
    ) as told using (account_key, merchant_refund_id)
  `.execute(db);
  const found = new Map(rows.map((row) => [`${row.account} ${row.refund}`, row]));
  const wrong: string[] = [];
  const check = (isRight: boolean, what: string): void => void (isRight || wrong.push(what));

  for (const { account, refund, end, isOurs } of lives) {
    const name = `${account} ${refund}`;
    const row = found.get(name);
    if (row === undefined) {
      wrong.push(`${name} is missing`);
      continue;
    }
    check(row.status === end, `${name} is ${row.status}, not ${end}`);
    const changes = row.statuses.filter((_, nth) => TOLD.has(row.types[nth] ?? ''));
    const right = [...(isOurs ? ['PENDING'] : []), ...(changes.includes('PROCESSING') ? ['PROCESSING'] : []), end];
    check(changes.join() === right.join(), `${name} went ${changes.join(' → ')}`);
    // Each callback that changed something is one event.
    const told = row.types.filter((type) => type !== 'ATTENTION_CHANGED').length;
    check(told === (isOurs ? 1 : 0) + row.applied + row.flagged, `${name} has ${row.types.join()}`);
  }
  check(rows.length === lives.length, `${rows.length} refunds, not ${lives.length}`);

  const counted = await sql<{ state: string; reason: boolean; rows: number; times: number }>`
    select state, reason is not null as reason, count(*)::int as rows, sum(times_received)::int as times
    from callbacks group by 1, 2
  `.execute(db);
  const verified = counted.rows.filter(({ state }) => state !== 'REJECTED');
  const kept = verified.reduce((sum, row) => sum + row.rows, 0);
  const times = verified.reduce((sum, row) => sum + row.times, 0);
  const honest = deliveries.filter(({ isForged }) => !isForged).length;
  check(kept === letters.length, `${kept} callbacks are kept, not ${letters.length}`);
  check(times >= honest, `${times} were counted, but ${honest} were acknowledged`);
  for (const { name, offenders } of await checkInvariants(db))
    check(offenders.length === 0, `${name}: ${offenders.join()}`);
  const states = counted.rows.map((row) => [`${row.state}${row.reason ? ' with a reason' : ''}`, row.rows] as const);
  return { wrong, events: rows.reduce((sum, row) => sum + row.types.length, 0), states: Object.fromEntries(states) };
}
