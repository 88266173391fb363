/**
 * An outside for the list: a provider's list as an array that grows and loses rows, and accounts that serve
 * it.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { ProviderError } from '../../../src/providers/errors.ts';
import type { ListPage, ProviderAccount, ProviderList } from '../../../src/providers/provider.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';
import type { RefundObservation } from '../../../src/refunds/observation.ts';
import type { RefundStatus } from '../../../src/refunds/refund.ts';
import type { Direction } from '../../../src/refunds/filter.ts';

export interface ModelRow {
  readonly id: string;
  /** Seconds. */
  readonly time: number;
  readonly status: RefundStatus;
}

/** What happens to a list at one moment. */
export interface Change {
  /** New rows: how many seconds after the newest, and how far from the edge of their second they are put. */
  readonly grow: readonly { readonly later: number; readonly depth: number }[];
  /** So many more behind them, so many seconds apart. */
  readonly burst: { readonly count: number; readonly apart: number };
  /** Where rows vanish: so many from here (a share of the list) on. */
  readonly lose: readonly { readonly at: number; readonly count: number }[];
}

export const changes: fc.Arbitrary<Change> = fc.record({
  grow: fc.array(fc.record({ later: fc.constantFrom(0, 0, 0, 1, 2), depth: fc.nat(6) }), { maxLength: 9, size: 'max' }),
  burst: fc.record({ count: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 15, 60), apart: fc.constantFrom(0, 1) }),
  lose: fc.array(
    fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), count: fc.constantFrom(1, 1, 2, 3, 5, 20) }),
    {
      maxLength: 3,
      size: 'max',
    },
  ),
});

/** Seconds between rows: mostly none, so that many rows share theirs. */
export const gaps = (maxLength: number) => fc.array(fc.constantFrom(0, 0, 0, 0, 1, 5), { maxLength, size: 'max' });

export interface ModelList {
  /** In the order of the list. */
  readonly rows: () => readonly ModelRow[];
  readonly change: (change: Change) => void;
  /** Puts a row in front of the others of its second. */
  readonly put: (row: ModelRow) => void;
  /** The most rows of one second that vanished since the last call of this. */
  readonly worstLoss: () => number;
}

const START = 1_700_000_000;
let made = 0;

/** A list whose rows lie `gaps` seconds apart; ties stand in no order that an id would tell. */
export function createModelList(gapsBetween: readonly number[], direction: Direction, name = 'R'): ModelList {
  let newest = START;
  const oldestFirst: ModelRow[] = gapsBetween.map((gap) => row((newest += gap)));
  const lost = new Map<number, number>();

  function row(time: number): ModelRow {
    made++;
    const status = (['SUCCEEDED', 'FAILED', 'PROCESSING'] as const)[made % 3] ?? 'PENDING';
    return { id: `${name}${(made * 7919) % 100_003}-${made}`, time, status };
  }

  return {
    rows: () => (direction === 'ASC' ? [...oldestFirst] : oldestFirst.toReversed()),
    change: ({ grow, burst, lose }) => {
      for (const { later, depth } of grow) {
        newest += later;
        const sameSecond = oldestFirst.length - oldestFirst.findIndex(({ time }) => time === newest);
        const room = sameSecond > oldestFirst.length ? 0 : sameSecond;
        oldestFirst.splice(oldestFirst.length - Math.min(depth, room), 0, row(newest));
      }
      for (let nth = 0; nth < burst.count; nth++) oldestFirst.push(row((newest += burst.apart)));
      for (const { at, count } of lose) {
        for (const { time } of oldestFirst.splice(Math.floor(at * oldestFirst.length), count)) {
          lost.set(time, (lost.get(time) ?? 0) + 1);
        }
      }
    },
    put: (row) => {
      const behind = oldestFirst.findIndex(({ time }) => time >= row.time);
      oldestFirst.splice(behind < 0 ? oldestFirst.length : behind, 0, row);
    },
    worstLoss: () => {
      const worst = Math.max(0, ...lost.values());
      lost.clear();
      return worst;
    },
  };
}

export const observationOf = ({ id, time, status }: ModelRow): RefundObservation => ({
  provider: 'SHOUTU',
  merchantRefundId: merchantRefundId(id),
  providerRefundId: null,
  merchantPaymentId: null,
  providerPaymentId: null,
  paymentAmount: null,
  amount: { minorUnits: 100n, currency: 'CNY' },
  feeRefunded: null,
  status,
  providerStatus: null,
  reason: null,
  failure: status === 'FAILED' ? { code: 'E', message: 'No.', retryable: false } : null,
  createdAt: new Date(time * 1000),
  completedAt: null,
  details: null,
  raw: '{}',
});

/** How the provider misbehaves. */
export interface Manners {
  readonly maxPageSize: number;
  readonly pushes?: boolean;
  /** Pages are cut to so many rows; whether the answer says so. */
  readonly cap?: number;
  readonly tellsSize?: boolean;
  /** The first page that could have more rows than these has only so many: this once. */
  readonly onceShort?: number;
  /** Rows of one second come in another order for each page and size. */
  readonly shuffles?: boolean;
  /** Whatever page is asked for, the first is given. */
  readonly repeats?: boolean;
  /** So many rows more than asked. */
  readonly surplus?: number;
  /** What the total is said to be. */
  readonly total?: (rows: number) => number;
  /** Runs before each call is answered; may throw, wait or change the list. */
  readonly before?: (signal: AbortSignal) => Promise<void> | void;
}

export interface ModelAccount {
  readonly account: ProviderAccount;
  /** Calls of `page` since the start. */
  readonly calls: () => number;
}

/**
 * As a database that is asked to sort by time alone: rows of the same time come in another order for each
 * query.
 */
function shuffled(rows: readonly ModelRow[], query: string | null): readonly ModelRow[] {
  if (query === null) return rows;
  const rank = new Map(rows.map(({ id }) => [id, createHash('md5').update(`${query} ${id}`).digest('hex')]));
  return [...Map.groupBy(rows, ({ time }) => time).values()].flatMap((second) =>
    second.toSorted((a, b) => ((rank.get(a.id) ?? '') < (rank.get(b.id) ?? '') ? -1 : 1)),
  );
}

/** An account at a provider whose list is the model; without a model, one that has no list. */
export function createModelAccount(key: string, list: ModelList | null, manners: Manners): ModelAccount {
  let calls = 0;
  let wasShort = false;
  const page: ProviderList['page'] = async (request, signal): Promise<ListPage> => {
    calls++;
    if (request.size > manners.maxPageSize || request.size < 1 || request.page < 0) {
      throw new RangeError(`page ${request.page} of size ${request.size}`);
    }
    await manners.before?.(signal);
    const rows = shuffled(list?.rows() ?? [], manners.shuffles === true ? `${request.page} ${request.size}` : null);
    const size = Math.min(request.size, manners.cap ?? request.size);
    const nth = manners.repeats === true ? 0 : request.page;
    const whole = rows.slice(nth * size, (nth + 1) * size + (manners.surplus ?? 0));
    const isShort = !wasShort && manners.onceShort !== undefined && whole.length > manners.onceShort;
    if (isShort) wasShort = true;
    return {
      records: (isShort ? whole.slice(0, manners.onceShort) : whole).map((row) => ({
        kind: 'observed' as const,
        observation: observationOf(row),
      })),
      total: manners.total?.(rows.length) ?? rows.length,
      ...(manners.tellsSize && { size }),
    };
  };
  const account: ProviderAccount = {
    key: accountKey(key),
    provider: 'SHOUTU',
    displayName: key,
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    timeoutMs: 10_000,
    callbackAllowedIps: null,
    queriedBy: [],
    partialRefund: true,
    query: () => null,
    ...(list && { list: { maxPageSize: manners.maxPageSize, canPush: () => manners.pushes ?? true, page } }),
    probe: () => Promise.resolve(),
    health: () => ({ status: 'UNKNOWN', lastSuccessAt: null, lastFailure: null }),
    close: () => Promise.resolve(),
  };
  return { account, calls: () => calls };
}

/** The failure of an account that is down. */
export const isDown = (key: string): ProviderError =>
  new ProviderError({
    kind: 'unavailable',
    account: accountKey(key),
    operation: 'list refunds',
    message: 'Nobody answers.',
    sent: true,
  });
