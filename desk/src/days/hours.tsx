/** The hours of one day: bars, and the same as a table. Asked for when somebody opens a day. */
import { useEffect, useState } from 'react';
import { useRelayEnvironment } from 'react-relay/hooks';
import { useFailureText } from '../app/boundary.tsx';
import { usePreferences } from '../shown/preferences.ts';
import { hourName, useDayName, zoneName } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';
import { DAY_FIELDS } from '../refunds/view.ts';
import { Bars } from './bars.tsx';
import { Sum } from './sum.tsx';
import { PARTS, type Counts } from './day-rows.ts';
import { hoursOf } from './hours-of.ts';
import { readHours } from './hours-query.ts';

interface Hour extends Counts {
  readonly from: Date;
}

type State =
  | { readonly kind: 'asking' }
  | { readonly kind: 'wrong'; readonly text: string }
  | { readonly kind: 'read'; readonly hours: readonly Hour[] };

interface Props {
  readonly day: string;
  /** Whether the day is that on which refunds were made, or ended. */
  readonly by: 'made' | 'ended';
  /** Where the day is counted. */
  readonly zone: string;
  readonly currency: string;
}

export function Hours({ day, by, zone, currency }: Props) {
  const words = useAllWords();
  const failureText = useFailureText();
  const environment = useRelayEnvironment();
  const dayName = useDayName();
  const { language } = usePreferences();
  const [state, setState] = useState<State>({ kind: 'asking' });
  useEffect(() => {
    let isGone = false;
    const show = (next: State) => (isGone ? undefined : setState(next));
    const starts = hoursOf(day, zone);
    const filters = starts.slice(0, -1).map((from, index) => ({
      currencies: [currency],
      [DAY_FIELDS[by]]: { gte: from.toISOString(), lt: (starts[index + 1] ?? from).toISOString() },
    }));
    readHours(environment, filters, currency).then(
      (counts) =>
        show({ kind: 'read', hours: counts.map((count, index) => ({ ...count, from: starts[index] ?? new Date(0) })) }),
      (error: unknown) => show({ kind: 'wrong', text: failureText(error) }),
    );
    return () => {
      isGone = true;
    };
    // The words of a failure are those of the moment it came.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [environment, day, by, zone, currency]);
  const title = `${words.days.hoursOf(dayName(day))} · ${zoneName(zone, new Date(`${day}T12:00:00Z`), language)}`;
  if (state.kind === 'asking') return <div className="panel waiting hours-waiting" aria-busy="true" />;
  if (state.kind === 'wrong') {
    return (
      <p className="failure" role="alert">
        {state.text}
      </p>
    );
  }
  const bars = state.hours.map(({ from, count, parts }) => ({
    key: from.toISOString(),
    name: hourName(from, zone, language),
    count,
    parts,
  }));
  const number = (count: number) => (count === 0 ? <span className="quiet">–</span> : count.toLocaleString(language));
  return (
    <>
      <Bars title={title} bars={bars} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is scrolled by the keyboard */}
      <div className="panel scrolled" tabIndex={0} role="region" aria-label={title}>
        <table className="figures-table">
          <thead>
            <tr>
              <th scope="col">{words.days.hour}</th>
              <th scope="col">{words.days.refunds}</th>
              {PARTS.map((part) => (
                <th key={part} scope="col">
                  {words.days.ofThem[part]}
                </th>
              ))}
              <th scope="col">{words.days.sum}</th>
            </tr>
          </thead>
          <tbody>
            {state.hours
              .filter(({ count }) => count > 0)
              .map(({ from, count, parts, refunded }) => (
                <tr key={from.toISOString()}>
                  <th scope="row">{hourName(from, zone, language)}</th>
                  <td>{number(count)}</td>
                  {PARTS.map((part) => (
                    <td key={part}>{number(parts[part])}</td>
                  ))}
                  <td>
                    <Sum refunded={refunded} currency={currency} />
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
