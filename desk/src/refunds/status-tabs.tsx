/** The states as tabs with their counts, and the sums of what is shown. Counted again while events come. */
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { hrefOf } from '../app/address.ts';
import { useTry } from '../app/boundary.tsx';
import { Link } from '../app/link.tsx';
import { useRound } from '../api/rounds.ts';
import type { statusTabsQuery } from '../generated/statusTabsQuery.graphql.ts';
import { usePreferences } from '../shown/preferences.ts';
import { Money } from '../shown/money.tsx';
import { useWords } from '../words/words.ts';
import { CsvButton } from './csv-button.tsx';
import { baseFilter, filterOf, STATUSES, writeView, type View } from './view.ts';

/** The shortest time between two counts, in milliseconds: over a million refunds a count is work. */
const PAUSE_MS = 3_000;

export function StatusTabs({ view, zone }: { readonly view: View; readonly zone: string }) {
  const words = useWords();
  const { language } = usePreferences();
  const base = baseFilter(view, zone);
  const round = useRound('statusTabsQuery', () => true, PAUSE_MS);
  const data = useLazyLoadQuery<statusTabsQuery>(
    graphql`
      query statusTabsQuery($base: RefundFilter!, $attention: RefundFilter!, $whole: RefundFilter!) {
        byStatus: refundSummary(filter: $base, groupBy: [STATUS]) {
          status
          count
        }
        attention: refundSummary(filter: $attention) {
          count
        }
        totals: refundSummary(filter: $whole) {
          count
          amount {
            amount
            currency
          }
        }
      }
    `,
    { base, attention: { ...base, needsAttention: true }, whole: filterOf(view, zone) },
    { fetchPolicy: 'store-and-network', fetchKey: `${round} ${useTry()}` },
  );
  const countOf = (rows: readonly { readonly count: number }[]) => rows.reduce((sum, { count }) => sum + count, 0);
  const byStatus = data.byStatus ?? [];
  const totals = data.totals ?? [];
  const tab = (changed: Partial<View>) =>
    hrefOf('/refunds', writeView({ ...view, status: null, needsAttention: false, ...changed }));
  const attention = countOf(data.attention ?? []);
  const tabs = [
    {
      name: words.refunds.all,
      href: tab({}),
      count: countOf(byStatus),
      isOn: view.status === null && !view.needsAttention,
    },
    ...STATUSES.map((status) => ({
      name: words.status[status],
      href: tab({ status }),
      count: countOf(byStatus.filter((row) => row.status === status)),
      isOn: view.status === status,
    })),
    {
      name: words.refunds.needsAttention,
      href: tab({ needsAttention: true }),
      count: attention,
      isOn: view.needsAttention,
      isAlert: attention > 0,
    },
  ];
  return (
    <>
      <nav className="tabs" aria-label={words.refunds.tabs}>
        {tabs.map(({ name, href, count, isOn, ...rest }) => (
          <Link
            key={name}
            href={href}
            aria-current={isOn ? 'true' : undefined}
            className={'isAlert' in rest && rest.isAlert ? 'tab tab-alert' : 'tab'}
          >
            {name} <span className="count">{count.toLocaleString(language)}</span>
          </Link>
        ))}
      </nav>
      <div className="totals">
        <span>{words.refunds.count(countOf(totals))}</span>
        {totals.map(({ amount }) => (
          <span key={amount.currency}>
            <Money of={amount} />
          </span>
        ))}
        <CsvButton view={view} zone={zone} />
      </div>
    </>
  );
}

export const TabsWaiting = () => (
  <>
    <div className="tabs waiting" aria-hidden="true" />
    <p className="totals waiting" aria-hidden="true" />
  </>
);
