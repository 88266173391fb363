/** Where the desk is: everything that a view consists of stands in the address. */
import { useSyncExternalStore } from 'react';

export interface Address {
  /** Below /desk, e.g. `/refunds`. */
  readonly path: string;
  readonly search: URLSearchParams;
}

const ROOT = '/desk';
const listeners = new Set<() => void>();

function read(): Address {
  const path = location.pathname.startsWith(ROOT) ? location.pathname.slice(ROOT.length) : '/';
  return { path: path.replace(/\/+$/, '') || '/', search: new URLSearchParams(location.search) };
}

let current = read();

function changed(): void {
  current = read();
  for (const listener of listeners) listener();
}

addEventListener('popstate', changed);

/** The address of a view. */
export function hrefOf(path: string, search: URLSearchParams = new URLSearchParams()): string {
  const text = search.toString();
  return `${ROOT}${path}${text === '' ? '' : `?${text}`}`;
}

/** Goes to a view: as a new step of the history, or in place of this one. */
export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', href);
  else history.replaceState(null, '', href);
  changed();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useAddress = (): Address => useSyncExternalStore(listen, () => current);
