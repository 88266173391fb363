/** All refunds: tabs by state with their counts, filters, sums, and the list. */
import { startTransition, Suspense, useState } from 'react';
import { go, hrefOf } from '../app/address.ts';
import { Boundary } from '../app/boundary.tsx';
import { useZone } from '../shown/time.tsx';
import { useWords } from '../words/words.ts';
import { FilterBar } from './filters/filter-bar.tsx';
import { RefundList } from './refund-list.tsx';
import { StatusTabs, TabsWaiting } from './status-tabs.tsx';
import { clearedView, readView, writeView, type View } from './view.ts';

export function RefundsScreen({ search }: { readonly search: URLSearchParams }) {
  const words = useWords();
  const zone = useZone();
  const view = readView(search);
  const show = (changed: Partial<View>) =>
    startTransition(() =>
      go(hrefOf('/refunds', writeView({ ...view, ...changed })), 'search' in changed ? 'replace' : 'push'),
    );
  const clear = () => go(hrefOf('/refunds', writeView(clearedView(view))));
  const [rounds, setRounds] = useState(0);
  return (
    <section className="screen screen-list">
      <h1 className="unseen">{words.refunds.title}</h1>
      <FilterBar view={view} show={show} />
      <Boundary>
        <Suspense fallback={<TabsWaiting />}>
          <StatusTabs view={view} zone={zone} />
        </Suspense>
      </Boundary>
      <RefundList
        key={`${writeView(view).toString()} ${zone} ${rounds}`}
        view={view}
        round={rounds}
        onClear={clear}
        onReload={() => setRounds((old) => old + 1)}
      />
    </section>
  );
}
