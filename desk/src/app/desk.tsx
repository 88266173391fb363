/** The desk: its frame, and the screen that the address names. */
import { Suspense, useEffect, useRef, useState } from 'react';
import { Gate } from '../login/gate.tsx';
import { keepSearch } from '../refunds/list-kept.ts';
import { RefundsScreen } from '../refunds/refunds-screen.tsx';
import { useWords } from '../words/words.ts';
import { useAddress } from './address.ts';
import { Banners } from './banners.tsx';
import { Boundary } from './boundary.tsx';
import { useKeys } from './keys.ts';
import { later } from './later.ts';
import { TopBar } from './top-bar.tsx';
import { NotFound } from './not-found.tsx';
import { screenOf, type Screen } from './screen.ts';
import { Startup, useMay, useMayCreate } from './start.tsx';

const RefundScreen = later(() => import('../refund/refund-screen.tsx').then((file) => file.RefundScreen));
const KeyHelp = later(() => import('./key-help.tsx').then((file) => file.KeyHelp));
const NewRefund = later(() => import('../create/new-refund.tsx').then((file) => file.NewRefund));
const Attention = later(() => import('../attention/attention.tsx').then((file) => file.Attention));
const Callbacks = later(() => import('../callbacks/callbacks.tsx').then((file) => file.Callbacks));
const Days = later(() => import('../days/days.tsx').then((file) => file.Days));
const Find = later(() => import('../find/find.tsx').then((file) => file.Find));
const Providers = later(() => import('../providers/providers.tsx').then((file) => file.Providers));

export function Desk() {
  return (
    <Gate>
      <Boundary>
        <Startup>
          <Frame />
        </Startup>
      </Boundary>
    </Gate>
  );
}

function Frame() {
  const words = useWords();
  const { path, search } = useAddress();
  const screen = screenOf(path);
  const isList = screen.kind === 'refunds';
  // The list stays behind the other screens as it was: its rows, its place, what came meanwhile.
  const [listSearch, setListSearch] = useState(isList ? search : null);
  if (isList && listSearch !== search) setListSearch(search);
  useEffect(() => keepSearch(listSearch ?? new URLSearchParams()), [listSearch]);
  const helpOpen = useKeys();
  const main = useFocusOnNewScreen(path, isList);
  return (
    <div className="frame">
      <a className="skip" href="#main">
        {words.skip}
      </a>
      <TopBar screen={screen.kind} listSearch={listSearch} />
      <Banners />
      <main id="main" ref={main} tabIndex={-1}>
        {listSearch !== null && (
          <div hidden={!isList}>
            <RefundsScreen search={listSearch} />
          </div>
        )}
        {!isList && (
          <Boundary key={path}>
            <Suspense fallback={<div className="screen screen-loading" aria-busy="true" />}>
              <Other screen={screen} />
            </Suspense>
          </Boundary>
        )}
      </main>
      {helpOpen.isOpen && (
        <Suspense>
          <KeyHelp onClose={helpOpen.close} />
        </Suspense>
      )}
    </div>
  );
}

function Other({ screen }: { readonly screen: Screen }) {
  const mayCreate = useMayCreate();
  const mayOperate = useMay('refunds:operate');
  switch (screen.kind) {
    case 'refund':
      return <RefundScreen id={screen.id} />;
    case 'new':
      return mayCreate ? <NewRefund /> : <NotFound />;
    case 'attention':
      return <Attention />;
    case 'days':
      return <Days />;
    case 'providers':
      return <Providers />;
    case 'callbacks':
      return mayOperate ? <Callbacks /> : <NotFound />;
    case 'find':
      return <Find />;
    case 'refunds':
      return null;
    case 'unknown':
      return <NotFound />;
  }
}

/** A new screen begins at its top, with the focus on it; the list goes on where it was left. */
function useFocusOnNewScreen(path: string, isList: boolean) {
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  const listPlace = useRef({ y: 0, row: '' });
  useEffect(() => {
    if (!isList) return;
    const keep = () => (listPlace.current.y = scrollY);
    const keepRow = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement) listPlace.current.row = target.dataset['row'] ?? listPlace.current.row;
    };
    addEventListener('scroll', keep, { passive: true });
    addEventListener('focusin', keepRow);
    return () => {
      removeEventListener('scroll', keep);
      removeEventListener('focusin', keepRow);
    };
  }, [isList]);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    const { y, row } = listPlace.current;
    scrollTo(0, isList ? y : 0);
    const target =
      isList && row !== '' ? main.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row)}"]`) : null;
    (target ?? main.current)?.focus({ preventScroll: true });
  }, [path, isList]);
  return main;
}
