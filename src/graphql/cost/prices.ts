/**
 * What a field asks of others before its first row is there: calls to providers, and readings of the ledger.
 * `docs/costs.md` has the same as a table; a test compares the names.
 */
import { ID_NAMES } from '../../refunds/ids.ts';
import type { Context } from '../context.ts';
import { readGlobalId } from '../relay/global-id.ts';

/** Arguments as the executor gives them to the resolver. */
type Args = Readonly<Record<string, unknown>>;

/** One price: at most so many calls to providers, and so many small readings of the ledger. */
interface Price {
  readonly providerCalls?: number;
  readonly ledgerReads?: number;
}

const ONE_LOOKUP: Price = { providerCalls: 1, ledgerReads: 1 };
/** A list that the provider itself can filter asks for one page, or for two where a page is cut. */
const PAGES = 2;
/** A filter that a provider can't apply is applied here, to so many of its pages. */
const PAGES_FILTERED_HERE = 10;
/** The whole ledger is read, or all of the log; an index leads to what an id names. */
const SUMMARY = 40;
const SUMMARY_BY_DAY = 100;
const LOG = 25;

/** The prices by type and field. A field that is not here asks nobody, or has its answer with its row. */
export const PRICES: Readonly<Record<string, (args: Args, context: Context) => Price>> = {
  'Query.accounts': () => ({}),
  'Query.node': ({ id }) => lookups([id]),
  'Query.nodes': ({ ids }) => lookups(Array.isArray(ids) ? ids : []),
  'Query.refund': ({ read }) => (read === 'LEDGER' ? { ledgerReads: 1 } : ONE_LOOKUP),
  'Query.payment': ({ read }) => (read === 'LEDGER' ? { ledgerReads: 1 } : ONE_LOOKUP),
  'Query.refunds': ({ read, filter }, { accounts }) => {
    const named = membersOf(filter)['accounts'];
    const most = Array.isArray(named) ? named.length : accounts.length;
    const listed = Math.min(most, accounts.filter(({ list }) => list !== undefined).length);
    const pages = read === 'PROVIDER' && isNarrow(filter) ? PAGES_FILTERED_HERE : PAGES;
    return { providerCalls: read === 'LEDGER' ? 0 : listed * pages, ledgerReads: 2 };
  },
  'Query.refundSummary': ({ groupBy }) => ({
    ledgerReads:
      Array.isArray(groupBy) && (groupBy.includes('DAY') || groupBy.includes('COMPLETED_DAY'))
        ? SUMMARY_BY_DAY
        : SUMMARY,
  }),
  'Query.refundEvents': ({ filter }) => ({ ledgerReads: isNarrow(filter) && !namesId(filter) ? LOG : 2 }),
  // Asked of many times at once, it holds the process longer than other small readings do.
  'Query.latestEventCursor': () => ({ ledgerReads: 2 }),
  'Query.viewer': () => ({}),
  'Query.server': () => ({}),
  'Query.callbacks': () => ({ ledgerReads: 2 }),
  'Mutation.createRefund': () => ONE_LOOKUP,
  'Mutation.retryRefund': () => ONE_LOOKUP,
  'Mutation.refreshRefund': () => ONE_LOOKUP,
  'Mutation.closeRefund': () => ONE_LOOKUP,
  'Mutation.replayCallback': () => ({ ledgerReads: 4 }),
  'Subscription.refundEvents': ({ filter }) => ({ ledgerReads: isNarrow(filter) && !namesId(filter) ? LOG : 2 }),
  'Subscription.refundUpdated': () => ONE_LOOKUP,
  'Refund.events': () => ({ ledgerReads: 1 }),
  'Payment.refunds': () => ({ ledgerReads: 2 }),
  'Callback.refund': () => ({ ledgerReads: 1 }),
  'Callback.body': () => ({ ledgerReads: 1 }),
};

/** An id that names nothing here costs what a refund does: to find that out is the cost. */
function lookups(ids: readonly unknown[]): Price {
  const types = ids.map((id) => (typeof id === 'string' ? readGlobalId(id)?.type : undefined));
  return {
    providerCalls: types.filter((type) => type === 'Refund').length,
    ledgerReads: types.filter((type) => type !== 'MerchantAccount').length,
  };
}

const membersOf = (input: unknown): Args => (typeof input === 'object' && input !== null ? { ...input } : {});

/** Whether a filter leaves rows out by more than their account. */
const isNarrow = (filter: unknown): boolean =>
  Object.entries(membersOf(filter)).some(
    ([name, value]) => name !== 'accounts' && name !== 'providers' && value !== null && value !== undefined,
  );

const namesId = (filter: unknown): boolean => ID_NAMES.some((name) => typeof membersOf(filter)[name] === 'string');
