/**
 * A value as a message may show it: of an address without credentials, query or fragment, or anything that
 * could hide them.
 */

/** Stands for what could be a secret, or hold one. */
export const NOT_SHOWN = 'a value that is not shown';

/** Nothing that is longer was typed by hand; a key, or a secret in the wrong place, may have been pasted. */
const LONGEST_SHOWN = 200;

/** A value in an error message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return shownText(value);
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function shownText(text: string): string {
  if (text.length > LONGEST_SHOWN || text.includes('PRIVATE KEY')) return NOT_SHOWN;
  if (!/[@?#]|:\/\//.test(text)) return JSON.stringify(text);
  const url = URL.parse(text);
  // A password with a slash in it ends the host too early, and its rest looks like a path.
  if (url === null || url.host === '' || url.pathname.includes('@')) return NOT_SHOWN;
  const credentials = url.username === '' && url.password === '' ? '' : '…@';
  const path = url.pathname === '/' ? '' : url.pathname;
  const rest = `${url.search === '' ? '' : '?…'}${url.hash === '' ? '' : '#…'}`;
  return JSON.stringify(`${url.protocol}//${credentials}${url.host}${path}${rest}`);
}
