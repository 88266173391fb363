/** What is filtered beside the state: words, accounts, days, amounts; and the order. */
import { lazy, Suspense } from 'react';
import { useStart } from '../../app/start.tsx';
import { useDayName } from '../../shown/time.tsx';
import { useWords } from '../../words/words.ts';
import { SearchBox } from './search-box.tsx';
import { ORDERS, type View } from '../view.ts';

interface Props {
  readonly view: View;
  readonly show: (changed: Partial<View>) => void;
}

const AccountMenu = lazy(() => import('./account-menu.tsx').then((file) => ({ default: file.AccountMenu })));
const AmountMenu = lazy(() => import('./amount-menu.tsx').then((file) => ({ default: file.AmountMenu })));
const ViewsMenu = lazy(() => import('./views-menu.tsx').then((file) => ({ default: file.ViewsMenu })));
const DayRange = lazy(() => import('./day-range.tsx').then((file) => ({ default: file.DayRange })));

/** The days as they stand on their button. */
function useDayText({ days, from, to }: View): string {
  const words = useWords();
  const dayName = useDayName();
  if (from === null && to === null) return words.refunds.anyDay;
  const nameOf = (day: string | null) => (day === null ? '…' : dayName(day));
  const span = from === to ? nameOf(from) : `${nameOf(from)} – ${nameOf(to)}`;
  return days === 'made' ? span : `${words.refunds.dayKinds[days]}: ${span}`;
}

/** The amounts as they stand on their button. */
function useAmountText({ atLeast, below, currency }: View): string {
  const words = useWords();
  const span =
    atLeast !== null && below !== null
      ? `${atLeast} – ${below}`
      : atLeast !== null
        ? `≥ ${atLeast}`
        : below === null
          ? ''
          : `< ${below}`;
  return `${span} ${currency ?? ''}`.trim() || words.refunds.anyAmount;
}

export function FilterBar({ view, show }: Props) {
  const words = useWords();
  const { accounts } = useStart();
  const chosen = accounts.filter(({ key }) => view.accounts.includes(key));
  const [one] = chosen;
  const accountText =
    chosen.length === 0
      ? words.refunds.allAccounts
      : chosen.length === 1 && one !== undefined
        ? one.displayName
        : words.refunds.accountsChosen(chosen.length);
  const dayText = useDayText(view);
  const amountText = useAmountText(view);
  const currencies = Array.from(new Set(accounts.map(({ currency }) => currency))).toSorted();
  return (
    <div className="filters">
      <SearchBox search={view.search} show={(search) => show({ search })} />
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
      <Suspense fallback={<span className="button button-choice">{amountText}</span>}>
        <AmountMenu view={view} currencies={currencies} text={amountText} show={show} />
      </Suspense>
      <label className="inline">
        <span className="unseen">{words.refunds.order}</span>
        <select
          value={view.order}
          onChange={({ target }) => show({ order: ORDERS.find((order) => order === target.value) ?? 'newest' })}
        >
          {ORDERS.map((order) => (
            <option key={order} value={order}>
              {words.refunds.orders[order]}
            </option>
          ))}
        </select>
      </label>
      <Suspense fallback={<span className="button button-choice">{words.refunds.views}</span>}>
        <ViewsMenu view={view} />
      </Suspense>
    </div>
  );
}
