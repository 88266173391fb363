/** Which screen an address names. */
export type Screen =
  | { readonly kind: 'refunds' }
  | { readonly kind: 'refund'; readonly id: string }
  | { readonly kind: 'attention' | 'days' | 'providers' | 'new' }
  | { readonly kind: 'unknown' };

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export function screenOf(path: string): Screen {
  if (path === '/' || path === '/refunds') return { kind: 'refunds' };
  if (path === '/attention' || path === '/days' || path === '/providers') {
    return { kind: path === '/attention' ? 'attention' : path === '/days' ? 'days' : 'providers' };
  }
  if (path === '/new') return { kind: 'new' };
  const [, text] = /^\/refunds\/([^/]+)$/.exec(path) ?? [];
  const id = text === undefined ? null : decoded(text);
  return id === null ? { kind: 'unknown' } : { kind: 'refund', id };
}
