/** The bar at the top: the screens, a new refund, the settings. */
import { Suspense, useEffect, useRef, useState } from 'react';
import { useWords } from '../words/words.ts';
import { hrefOf } from './address.ts';
import { later } from './later.ts';
import { Link } from './link.tsx';
import type { Screen } from './screen.ts';
import { useMay, useMayCreate } from './start.tsx';

const SettingsDialog = later(() => import('./settings.tsx').then((file) => file.SettingsDialog));

export function TopBar(props: { readonly screen: Screen['kind']; readonly listSearch: URLSearchParams | null }) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  const { screen } = props;
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the bar is scrolled.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [screen]);
  const mayCreate = useMayCreate();
  const mayOperate = useMay('refunds:operate');
  const links = [
    ['refunds', hrefOf('/refunds', props.listSearch ?? new URLSearchParams())],
    ['attention', hrefOf('/attention')],
    ['days', hrefOf('/days')],
    ['providers', hrefOf('/providers')],
    ...(mayOperate ? ([['callbacks', hrefOf('/callbacks')]] as const) : []),
    ['find', hrefOf('/find')],
  ] as const;
  const current = screen === 'refund' ? 'refunds' : screen;
  return (
    <header className="bar">
      <Link className="brand" href={hrefOf('/refunds')}>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="m12 7.5-5 5 5 5M8 12.5h10a6 6 0 0 1 0 12h-5" />
        </svg>
        {words.brand}
      </Link>
      <nav ref={nav} aria-label={words.nav.label}>
        {links.map(([name, href]) => (
          <Link key={name} href={href} aria-current={current === name ? 'page' : undefined}>
            {words.nav[name]}
          </Link>
        ))}
      </nav>
      <div className="bar-end">
        {mayCreate && (
          <Link className="button button-main" href={hrefOf('/new')} aria-keyshortcuts="n">
            <span aria-hidden="true">+ </span>
            {words.nav.newRefund}
          </Link>
        )}
        <button
          type="button"
          className="button button-icon"
          aria-label={words.nav.settings}
          onClick={() => setOpen(true)}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 4.5h7m3 0h2M2 11.5h2m3 0h7M10.5 3v3M5.5 10v3" />
          </svg>
        </button>
      </div>
      {isOpen && (
        <Suspense>
          <SettingsDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </header>
  );
}
