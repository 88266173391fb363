/** Language, zone and look: kept in this browser, the same in all its tabs. */
import { useSyncExternalStore } from 'react';

export type Language = 'en' | 'zh-CN';
export type Look = 'system' | 'light' | 'dark';

export interface Preferences {
  readonly language: Language;
  /** An IANA name; null: that of this device. */
  readonly zone: string | null;
  readonly look: Look;
}

const KEY = 'refund-desk';

function isZone(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text }).format();
    return true;
  } catch {
    return false;
  }
}

const languageOfBrowser = (): Language =>
  navigator.languages
    .find((tag) => /^(en|zh)\b/i.test(tag))
    ?.toLowerCase()
    .startsWith('zh') === true
    ? 'zh-CN'
    : 'en';

function stored(): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function read(): Preferences {
  const { language, zone, look } = stored();
  return {
    language: language === 'en' || language === 'zh-CN' ? language : languageOfBrowser(),
    zone: isZone(zone) ? zone : null,
    look: look === 'light' || look === 'dark' ? look : 'system',
  };
}

let current = read();
const listeners = new Set<() => void>();

function show(next: Preferences): void {
  current = next;
  document.documentElement.lang = next.language;
  document.documentElement.dataset['look'] = next.look;
  for (const listener of listeners) listener();
}

/** Puts language and look on the page, and follows the zone and look that other tabs choose. */
export function startPreferences(): Preferences {
  show(current);
  addEventListener('storage', ({ key }) => {
    if (key === KEY) show({ ...read(), language: current.language });
  });
  return current;
}

/** Changes some of them. */
export function prefer(changed: Partial<Preferences>): void {
  const next = { ...current, ...changed };
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // A browser that keeps nothing: the choice holds until the page is left.
  }
  show(next);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const usePreferences = (): Preferences => useSyncExternalStore(listen, () => current);

/** The preferences now, for what is no component. */
export const preferencesNow = (): Preferences => current;
