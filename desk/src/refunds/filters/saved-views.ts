/** Views that somebody gave a name: kept in this browser, the same in all its tabs. */
import { useSyncExternalStore } from 'react';
import { isFields } from '../../api/answer.ts';

export interface SavedView {
  readonly name: string;
  /** The search part of the address. */
  readonly search: string;
}

const KEY = 'refund-desk-views';
/** More are not kept. */
export const MOST_VIEWS = 30;

const isView = (value: unknown): value is SavedView =>
  isFields(value) && typeof value['name'] === 'string' && typeof value['search'] === 'string';

function read(): readonly SavedView[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter(isView).slice(0, MOST_VIEWS) : [];
  } catch {
    return [];
  }
}

let current = read();
const listeners = new Set<() => void>();

function show(views: readonly SavedView[]): void {
  current = views;
  for (const listener of listeners) listener();
}

addEventListener('storage', ({ key }) => {
  if (key === KEY) show(read());
});

function keep(views: readonly SavedView[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(views));
  } catch {
    // A browser that keeps nothing: they hold until the page is left.
  }
  show(views);
}

/** Keeps a view under a name; an older one of that name is replaced. */
export function saveView(view: SavedView): void {
  const others = current.filter(({ name }) => name !== view.name);
  keep([...others, view].toSorted((one, other) => one.name.localeCompare(other.name)).slice(0, MOST_VIEWS));
}

export const forgetView = (gone: string): void => keep(current.filter(({ name }) => name !== gone));

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSavedViews = (): readonly SavedView[] => useSyncExternalStore(listen, () => current);
