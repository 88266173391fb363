/** Counts as bars, from left to right. The table beside them says the same in words. */
import { useAllWords } from '../words/words.ts';
import { PARTS, type Part } from './day-rows.ts';

const HEIGHT = 160;
const STEP = 20;

interface Bar {
  readonly key: string;
  readonly name: string;
  readonly count: number;
  readonly parts: Readonly<Record<Part, number>>;
}

export function Bars({ title, bars }: { readonly title: string; readonly bars: readonly Bar[] }) {
  const words = useAllWords();
  const highest = Math.max(...bars.map(({ count }) => count), 1);
  return (
    <figure className="panel bars">
      <figcaption>
        <h2>{title}</h2>
        <ul className="legend">
          {PARTS.map((part) => (
            <li key={part} className={`part-${part}`}>
              {words.days.ofThem[part]}
            </li>
          ))}
        </ul>
      </figcaption>
      <svg role="img" aria-label={title} viewBox={`0 0 ${bars.length * STEP} ${HEIGHT}`} preserveAspectRatio="none">
        {bars.map(({ key, name, parts, count }, index) => {
          let top = HEIGHT;
          return (
            <g key={key}>
              <title>{`${name}: ${count}`}</title>
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
        <span>{bars[0]?.name}</span>
        <span>{bars.at(-1)?.name}</span>
      </div>
    </figure>
  );
}
