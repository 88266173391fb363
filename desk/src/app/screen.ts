/** Which screen an address names. */
const PLAIN = ['attention', 'days', 'providers', 'callbacks', 'find', 'new'] as const;
type Plain = (typeof PLAIN)[number];

export type Screen =
  | { readonly kind: 'refunds' }
  | { readonly kind: 'refund'; readonly id: string }
  | { readonly kind: Plain | 'unknown' };

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export function screenOf(path: string): Screen {
  if (path === '/' || path === '/refunds') return { kind: 'refunds' };
  const plain = PLAIN.find((name) => path === `/${name}`);
  if (plain !== undefined) return { kind: plain };
  const [, text] = /^\/refunds\/([^/]+)$/.exec(path) ?? [];
  const id = text === undefined ? null : decoded(text);
  return id === null ? { kind: 'unknown' } : { kind: 'refund', id };
}
