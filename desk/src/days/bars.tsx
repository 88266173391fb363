/** Days as bars. The table below says the same in words. */
import { useDayName } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';
import { PARTS, type DayRow } from './day-rows.ts';

const HEIGHT = 160;
const STEP = 20;

export function Bars({ rows }: { readonly rows: readonly DayRow[] }) {
  const words = useAllWords();
  const dayName = useDayName();
  const days = rows.toReversed();
  const highest = Math.max(...days.map(({ count }) => count), 1);
  return (
    <figure className="panel bars">
      <figcaption>
        <h2>{words.days.chart}</h2>
        <ul className="legend">
          {PARTS.map((part) => (
            <li key={part} className={`part-${part}`}>
              {words.days.ofThem[part]}
            </li>
          ))}
        </ul>
      </figcaption>
      <svg
        role="img"
        aria-label={words.days.chart}
        viewBox={`0 0 ${days.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {days.map(({ day, parts, count }, index) => {
          let top = HEIGHT;
          return (
            <g key={day}>
              <title>{`${dayName(day)}: ${count}`}</title>
              <rect className="day-space" x={index * STEP} y={0} width={STEP} height={HEIGHT} />
              {PARTS.map((part) => {
                const height = (parts[part] / highest) * (HEIGHT - 4);
                top -= height;
                return (
                  <rect
                    key={part}
                    className={`part-${part}`}
                    x={index * STEP + 3}
                    y={top}
                    width={STEP - 6}
                    height={height}
                  />
                );
              })}
            </g>
          );
        })}
      </svg>
      <div className="bars-ends">
        <span>{dayName(days[0]?.day ?? '')}</span>
        <span>{dayName(days.at(-1)?.day ?? '')}</span>
      </div>
    </figure>
  );
}
