/** What is filtered beside the state: accounts, days, order. */
import { lazy, Suspense } from 'react';
import { useStart } from '../app/start.tsx';
import { useDayName } from '../shown/time.tsx';
import { useWords } from '../words/words.ts';
import type { View } from './view.ts';

interface Props {
  readonly view: View;
  readonly show: (changed: Partial<View>) => void;
}

const AccountMenu = lazy(() => import('./account-menu.tsx').then((file) => ({ default: file.AccountMenu })));
const DayRange = lazy(() => import('./day-range.tsx').then((file) => ({ default: file.DayRange })));

export function FilterBar({ view, show }: Props) {
  const words = useWords();
  const dayName = useDayName();
  const { accounts } = useStart();
  const chosen = accounts.filter(({ key }) => view.accounts.includes(key));
  const [one] = chosen;
  const accountText =
    chosen.length === 0
      ? words.refunds.allAccounts
      : chosen.length === 1 && one !== undefined
        ? one.displayName
        : words.refunds.accountsChosen(chosen.length);
  const dayText =
    view.from === null && view.to === null
      ? words.refunds.anyDay
      : view.from === view.to && view.from !== null
        ? dayName(view.from)
        : `${view.from === null ? '…' : dayName(view.from)} – ${view.to === null ? '…' : dayName(view.to)}`;
  return (
    <div className="filters">
      <Suspense fallback={<span className="button button-choice">{accountText}</span>}>
        <AccountMenu
          accounts={accounts}
          chosen={view.accounts}
          text={accountText}
          choose={(keys) => show({ accounts: keys })}
        />
      </Suspense>
      <Suspense fallback={<span className="button button-choice">{dayText}</span>}>
        <DayRange view={view} text={dayText} show={show} />
      </Suspense>
      <label className="inline">
        <span className="unseen">{words.refunds.order}</span>
        <select
          value={view.oldestFirst ? 'oldest' : 'newest'}
          onChange={({ target }) => show({ oldestFirst: target.value === 'oldest' })}
        >
          <option value="newest">{words.refunds.newest}</option>
          <option value="oldest">{words.refunds.oldest}</option>
        </select>
      </label>
    </div>
  );
}
