/** The list: one table, of whose rows only those near the eye are drawn. */
import { Suspense, useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Boundary } from '../app/boundary.tsx';
import { useZone, zoneName } from '../shown/time.tsx';
import { usePreferences } from '../shown/preferences.ts';
import { useWords } from '../words/words.ts';
import { idsOf, isNear, offered, rowsOf } from './blocks.ts';
import { RefundWindow, WINDOW } from './refund-window.tsx';
import { useBlocks } from './use-blocks.ts';
import { filterOf, isFiltered, orderOf, type View } from './view.ts';
import { keepOrder } from './list-kept.ts';

/** Rows before the end of what is known at which the next window is loaded. */
const AHEAD = 60;

const Space = ({ rows, isLoading = false }: { readonly rows: number; readonly isLoading?: boolean }) => (
  <tbody aria-hidden="true" className={isLoading ? 'space space-loading' : 'space'}>
    <tr>
      <td aria-hidden="true" colSpan={7} style={{ blockSize: `calc(var(--row) * ${rows})` }} />
    </tr>
  </tbody>
);

export function RefundList(props: {
  readonly view: View;
  /** How many times it was loaded again. */
  readonly round: number;
  readonly onClear: () => void;
  readonly onReload: () => void;
}) {
  const { view, round, onClear, onReload } = props;
  const words = useWords();
  const { language } = usePreferences();
  const zone = useZone();
  const table = useRef<HTMLTableElement>(null);
  const [eye, setEye] = useState(0);
  const eyeNow = () => {
    const top = table.current?.getBoundingClientRect().top ?? 0;
    return Math.max(0, Math.floor(-top / rowHeight(table.current)));
  };
  const list = { filter: filterOf(view, zone), orderBy: orderOf(view) };
  const { blocks, left, hasMoved, placeOf, headPlace, loaded, grow, takeOffered } = useBlocks(
    list,
    () => eyeNow() === 0,
  );
  const rows = rowsOf(blocks);
  const all = rows.reduce((sum, count) => sum + count, 0);
  const last = blocks.windows.at(-1);

  const looked = useEffectEvent(() => {
    const now = eyeNow();
    if (Math.abs(now - eye) >= WINDOW / 4 || (now === 0) !== (eye === 0)) setEye(now);
    if (now + AHEAD > all) grow();
  });
  useEffect(() => {
    const listener = () => looked();
    addEventListener('scroll', listener, { passive: true });
    return () => removeEventListener('scroll', listener);
  }, []);
  // A window that comes while its end is in sight asks for the next: nothing is left to scroll then.
  useEffect(() => looked(), [all, last]);
  useEffect(() => keepOrder(idsOf(blocks)), [blocks]);

  const fresh = offered(blocks);
  const showFresh = () => {
    takeOffered();
    table.current?.scrollIntoView({ block: 'start' });
    table.current?.focus({ preventScroll: true });
  };
  useHeldPlace(
    table,
    rows.slice(0, blocks.heads.length).reduce((sum, count) => sum + count, 0),
  );

  const draw = (block: number, part: ReactNode, key: string) =>
    isNear(rows, block, eye) ? (
      <Boundary key={key} inTable>
        <Suspense fallback={<Space rows={rows[block] ?? WINDOW} isLoading />}>{part}</Suspense>
      </Boundary>
    ) : (
      <Space key={key} rows={rows[block] ?? 0} />
    );
  const isEmpty = blocks.windows[0]?.ids.length === 0 && blocks.heads.length === 0;

  return (
    <div className="list">
      <div className="fresh" role="status">
        {fresh > 0 && (
          <button type="button" className="button button-fresh" onClick={showFresh}>
            ↑ {words.refunds.fresh(fresh)}
          </button>
        )}
        {fresh === 0 && (hasMoved || left.size > 0) && (
          <button type="button" className="button button-fresh" onClick={onReload}>
            ↻ {hasMoved ? words.refunds.changed : words.refunds.again}
          </button>
        )}
      </div>
      <table ref={table} tabIndex={-1} className="rows">
        <caption className="unseen">{words.refunds.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{words.refunds.columns.status}</th>
            <th scope="col" className="cell-amount">
              {words.refunds.columns.amount}
            </th>
            <th scope="col">{words.refunds.columns.refund}</th>
            <th scope="col">{words.refunds.columns.account}</th>
            <th scope="col">{words.refunds.columns.payment}</th>
            <th scope="col">{words.refunds.columns.reason}</th>
            <th scope="col" className="cell-created">
              {words.refunds.columns.created} <span className="zone">{zoneName(zone, new Date(), language)}</span>
            </th>
          </tr>
        </thead>
        {blocks.heads.map(({ before, shown }, index) =>
          shown === 0
            ? null
            : draw(
                index,
                <RefundWindow
                  place={headPlace(before)}
                  left={left}
                  round={round}
                  shown={shown}
                  onLoaded={() => undefined}
                />,
                before,
              ),
        )}
        {blocks.windows.map((_, index) =>
          draw(
            blocks.heads.length + index,
            <RefundWindow
              place={placeOf(index)}
              left={left}
              round={round}
              isFirst={index === 0}
              onLoaded={(known) => loaded(index, known)}
            />,
            `window ${index}`,
          ),
        )}
      </table>
      {isEmpty && (
        <div className="empty">
          <p>{isFiltered(view) ? words.refunds.empty : words.refunds.emptyAll}</p>
          {isFiltered(view) && (
            <button type="button" className="button" onClick={onClear}>
              {words.refunds.clearAll}
            </button>
          )}
        </div>
      )}
      {!isEmpty && last !== null && last !== undefined && last.next === null && (
        <p className="list-end">{words.refunds.end}</p>
      )}
    </div>
  );
}

function rowHeight(table: HTMLTableElement | null): number {
  if (table === null) return 1;
  return Number.parseFloat(getComputedStyle(table).getPropertyValue('--row')) || 1;
}

/** Rows that come in above leave what is being read where it is. */
function useHeldPlace(table: { readonly current: HTMLTableElement | null }, rowsAbove: number): void {
  const before = useRef(rowsAbove);
  useLayoutEffect(() => {
    const come = rowsAbove - before.current;
    before.current = rowsAbove;
    const top = table.current?.getBoundingClientRect().top ?? 0;
    // The browser holds it by itself where it can; Safari can't.
    if (come > 0 && top < 0 && !CSS.supports('overflow-anchor', 'auto')) scrollBy(0, come * rowHeight(table.current));
  }, [rowsAbove, table]);
}
