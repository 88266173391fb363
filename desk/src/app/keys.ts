/** Keys that work on every screen. They are silent while something is typed, and inside a dialog. */
import { useEffect, useEffectEvent, useState } from 'react';
import { listSearch, neighbourOf } from '../refunds/list-kept.ts';
import { hrefOfRefund } from '../refunds/refund-row.tsx';
import { go, hrefOf, useAddress } from './address.ts';
import { screenOf } from './screen.ts';
import { useMayCreate } from './start.tsx';

/** Whether keys are taken by what has the focus. */
const isTaken = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null;

function moveRow(distance: 1 | -1): void {
  const rows = Array.from(document.querySelectorAll<HTMLElement>('main [data-row]')).filter((row) =>
    row.checkVisibility(),
  );
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at < 0 ? rows[0] : rows[at + distance];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

/** Listens, and says whether the list of keys is open. */
export function useKeys(): { readonly isOpen: boolean; readonly close: () => void } {
  const [isOpen, setOpen] = useState(false);
  const { path } = useAddress();
  const mayCreate = useMayCreate();
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event.target)) return;
    const screen = screenOf(path);
    const lead = (distance: 1 | -1) => {
      const next = screen.kind === 'refund' ? neighbourOf(screen.id, distance) : null;
      if (next !== null) go(hrefOfRefund(next), 'replace');
    };
    const actions: Readonly<Record<string, () => void>> = {
      j: () => moveRow(1),
      k: () => moveRow(-1),
      n: () => (mayCreate ? go(hrefOf('/new')) : undefined),
      '?': () => setOpen(true),
      '[': () => lead(-1),
      ']': () => lead(1),
      '/': () => {
        const box = Array.from(document.querySelectorAll<HTMLElement>('[data-search]')).find((one) =>
          one.checkVisibility(),
        );
        if (box === undefined) go(hrefOf('/find'));
        else box.focus();
      },
      Escape: () => {
        if (screen.kind !== 'refunds') go(hrefOf('/refunds', listSearch()));
      },
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => pressed(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
  return { isOpen, close: () => setOpen(false) };
}
