/** What the list of refunds shows, as it stands in the address. */
import type { RefundFilter } from '../generated/refundWindowQuery.graphql.ts';
import type { Status } from '../shown/status.tsx';
import { addDays, startOfDay } from '../shown/time.tsx';

export interface View {
  readonly status: Status | null;
  readonly needsAttention: boolean;
  /** Keys of accounts; empty: all. */
  readonly accounts: readonly string[];
  /** Days of the calendar, both inside, in `zone`. */
  readonly from: string | null;
  readonly to: string | null;
  readonly zone: string | null;
  readonly oldestFirst: boolean;
}

export const STATUSES = ['PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;

const dayIn = (text: string | null): string | null =>
  text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;

/** Reads a view; what is not understood is left out. */
export function readView(search: URLSearchParams): View {
  const status = search.get('status');
  return {
    status: STATUSES.find((known) => known === status) ?? null,
    needsAttention: search.has('attention'),
    accounts: (search.get('accounts') ?? '').split(',').filter((key) => key !== ''),
    from: dayIn(search.get('from')),
    to: dayIn(search.get('to')),
    zone: search.get('zone'),
    oldestFirst: search.get('order') === 'oldest',
  };
}

/** The view as it stands in an address. */
export function writeView(view: View): URLSearchParams {
  const search = new URLSearchParams();
  const put = (name: string, value: string | null) => {
    if (value !== null && value !== '') search.set(name, value);
  };
  put('status', view.status);
  put('attention', view.needsAttention ? 'yes' : null);
  put('accounts', view.accounts.join(','));
  put('from', view.from);
  put('to', view.to);
  put('zone', view.from === null && view.to === null ? null : view.zone);
  put('order', view.oldestFirst ? 'oldest' : null);
  return search;
}

/** Whether anything is filtered beside the state, which the tabs show. */
export const isFiltered = ({ accounts, from, to }: View): boolean =>
  accounts.length > 0 || from !== null || to !== null;

/** The filter without what the tabs choose. `zone`: where days are counted if the view names none. */
export function baseFilter({ accounts, from, to, zone: named }: View, zone: string): RefundFilter {
  const days = {
    ...(from === null ? {} : { gte: startOfDay(from, named ?? zone).toISOString() }),
    ...(to === null ? {} : { lt: startOfDay(addDays(to, 1), named ?? zone).toISOString() }),
  };
  return {
    ...(accounts.length === 0 ? {} : { accounts }),
    ...(from === null && to === null ? {} : { createdAt: days }),
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
