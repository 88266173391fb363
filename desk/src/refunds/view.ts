/** What the list of refunds shows, as it stands in the address. */
import type { RefundFilter } from '../generated/refundWindowQuery.graphql.ts';
import { amountIn } from '../shown/amount.ts';
import type { Status } from '../shown/status.tsx';
import { addDays, startOfDay } from '../shown/time.tsx';

export interface View {
  readonly status: Status | null;
  readonly needsAttention: boolean;
  /** Keys of accounts; empty: all. */
  readonly accounts: readonly string[];
  /** Start of any id, or words; empty: none. */
  readonly search: string;
  /** Decimal text, in the major unit. */
  readonly atLeast: string | null;
  readonly below: string | null;
  readonly currency: string | null;
  /** Which day of a refund is meant by `from` and `to`. */
  readonly days: DayKind;
  /** Days of the calendar, both inside, in `zone`. */
  readonly from: string | null;
  readonly to: string | null;
  readonly zone: string | null;
  readonly order: Order;
}

export const STATUSES = ['PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;

/** The members of the filter behind the days. */
export const DAY_FIELDS = { made: 'createdAt', ended: 'completedAt', changed: 'updatedAt' } as const;
export type DayKind = keyof typeof DAY_FIELDS;
export const DAY_KINDS: readonly DayKind[] = ['made', 'ended', 'changed'];

const ORDER_FIELDS = {
  newest: { field: 'CREATED_AT', direction: 'DESC' },
  oldest: { field: 'CREATED_AT', direction: 'ASC' },
  changed: { field: 'UPDATED_AT', direction: 'DESC' },
  ended: { field: 'COMPLETED_AT', direction: 'DESC' },
  largest: { field: 'AMOUNT', direction: 'DESC' },
  smallest: { field: 'AMOUNT', direction: 'ASC' },
} as const;
export type Order = keyof typeof ORDER_FIELDS;
export const ORDERS: readonly Order[] = ['newest', 'oldest', 'changed', 'ended', 'largest', 'smallest'];

/** A search that is shorter than this finds too much: it is still being typed. */
export const SHORTEST_SEARCH = 3;

const dayIn = (text: string | null): string | null =>
  text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;

const currencyIn = (text: string | null): string | null => (text !== null && /^[A-Z]{3}$/.test(text) ? text : null);

function zoneIn(text: string | null): string | null {
  try {
    return text === null ? null : new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** Reads a view; what is not understood is left out. */
export function readView(search: URLSearchParams): View {
  const status = search.get('status');
  return {
    status: STATUSES.find((known) => known === status) ?? null,
    needsAttention: search.has('attention'),
    accounts: (search.get('accounts') ?? '').split(',').filter((key) => key !== ''),
    search: (search.get('search') ?? '').trim(),
    atLeast: amountIn(search.get('atLeast')),
    below: amountIn(search.get('below')),
    currency: currencyIn(search.get('currency')),
    days: DAY_KINDS.find((kind) => kind === search.get('days')) ?? 'made',
    from: dayIn(search.get('from')),
    to: dayIn(search.get('to')),
    zone: zoneIn(search.get('zone')),
    order: ORDERS.find((order) => order === search.get('order')) ?? 'newest',
  };
}

/** The view as it stands in an address. */
export function writeView(view: View): URLSearchParams {
  const search = new URLSearchParams();
  const put = (name: string, value: string | null) => {
    if (value !== null && value !== '') search.set(name, value);
  };
  const hasDays = view.from !== null || view.to !== null;
  put('status', view.status);
  put('attention', view.needsAttention ? 'yes' : null);
  put('accounts', view.accounts.join(','));
  put('search', view.search);
  put('atLeast', view.atLeast);
  put('below', view.below);
  put('currency', view.currency);
  put('days', hasDays && view.days !== 'made' ? view.days : null);
  put('from', view.from);
  put('to', view.to);
  put('zone', hasDays ? view.zone : null);
  put('order', view.order === 'newest' ? null : view.order);
  return search;
}

/** The view without its filters; the order stays. */
export const clearedView = ({ order }: View): View => ({ ...readView(new URLSearchParams()), order });

/** Whether the list shows less than everything. */
export const isFiltered = (view: View): boolean => Object.keys(filterOf(view, 'UTC')).length > 0;

export const orderOf = ({ order }: View) => ORDER_FIELDS[order];

/** The filter without what the tabs choose. `zone`: where days are counted if the view names none. */
export function baseFilter(view: View, zone: string): RefundFilter {
  const { accounts, search, atLeast, below, currency, from, to } = view;
  const counted = view.zone ?? zone;
  const days = {
    ...(from === null ? {} : { gte: startOfDay(from, counted).toISOString() }),
    ...(to === null ? {} : { lt: startOfDay(addDays(to, 1), counted).toISOString() }),
  };
  const amount = { ...(atLeast === null ? {} : { gte: atLeast }), ...(below === null ? {} : { lt: below }) };
  return {
    ...(accounts.length === 0 ? {} : { accounts }),
    ...(search.length < SHORTEST_SEARCH ? {} : { search }),
    ...(atLeast === null && below === null ? {} : { amount }),
    ...(currency === null ? {} : { currencies: [currency] }),
    ...(from === null && to === null ? {} : { [DAY_FIELDS[view.days]]: days }),
  };
}

/** The whole filter. */
export function filterOf(view: View, zone: string): RefundFilter {
  return {
    ...baseFilter(view, zone),
    ...(view.status === null ? {} : { statuses: [view.status] }),
    ...(view.needsAttention ? { needsAttention: true } : {}),
  };
}
