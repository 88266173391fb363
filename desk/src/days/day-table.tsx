/** Days as a table; each leads to its refunds. */
import { hrefOf } from '../app/address.ts';
import { Link } from '../app/link.tsx';
import { usePreferences } from '../shown/preferences.ts';
import { useDayName } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';
import { Sum } from './sum.tsx';
import { PARTS, type DayRow } from './day-rows.ts';

export function DayTable(props: {
  readonly rows: readonly DayRow[];
  readonly currency: string;
  readonly by: 'made' | 'ended';
  /** Where the days are counted. */
  readonly zone: string;
  /** The day whose hours are shown. */
  readonly opened: string | null;
  /** Shows the hours of a day; of none with an empty text. */
  readonly open: (day: string) => void;
}) {
  const { rows, currency, by, zone, opened, open } = props;
  const words = useAllWords();
  const listOf = (day: string) =>
    new URLSearchParams({ currency, ...(by === 'made' ? {} : { days: by }), from: day, to: day, zone });
  const { language } = usePreferences();
  const dayName = useDayName();
  const number = (count: number) => count.toLocaleString(language);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is scrolled by the keyboard
    <div className="panel scrolled" tabIndex={0} role="region" aria-label={words.days.title}>
      <table className="figures-table">
        <thead>
          <tr>
            <th scope="col">{words.days.day}</th>
            <th scope="col">{words.days.refunds}</th>
            <th scope="col">{words.days.change}</th>
            {PARTS.map((part) => (
              <th key={part} scope="col">
                {words.days.ofThem[part]}
              </th>
            ))}
            <th scope="col">{words.days.sum}</th>
            <th scope="col">
              <span className="unseen">{words.days.hours}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ day, count, change, parts, refunded }) => (
            <tr key={day}>
              <th scope="row">
                <Link href={hrefOf('/refunds', listOf(day))} data-row={day}>
                  {dayName(day)}
                </Link>
              </th>
              <td>{number(count)}</td>
              <td className="quiet">
                {change === 0 ? '–' : change > 0 ? `+${number(change)}` : `−${number(-change)}`}
              </td>
              {PARTS.map((part) => (
                <td key={part}>{parts[part] === 0 ? <span className="quiet">–</span> : number(parts[part])}</td>
              ))}
              <td>
                <Sum refunded={refunded} currency={currency} />
              </td>
              <td>
                {count > 0 && (
                  <button
                    type="button"
                    className="button-small"
                    aria-expanded={opened === day}
                    aria-label={`${opened === day ? words.days.hideHours : words.days.hours}: ${dayName(day)}`}
                    onClick={() => open(opened === day ? '' : day)}
                  >
                    {opened === day ? words.days.hideHours : words.days.hours}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
