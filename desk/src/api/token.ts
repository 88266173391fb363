/** The token of whoever is logged in, and how to get a fresh one. One at a time, for the whole page. */

type Renew = () => Promise<string | null>;

let current: string | null = null;
let renewal: Promise<string | null> | null = null;
let renewBy: Renew = () => Promise.resolve(null);
let refusedBy: () => void = () => {};

/** Sets the token, how it is renewed, and what is done when it can't be. */
export function keepToken(token: string | null, renew: Renew, refused: () => void): void {
  current = token;
  renewBy = renew;
  refusedBy = refused;
}

/** A token that was renewed elsewhere, e.g. by a timer. */
export function replaceToken(token: string): void {
  current = token;
}

/** The token now; null: none. */
export const tokenNow = (): string | null => current;

/** Gets a fresh token after `stale` was refused. Many callers at once get the same one. False: there is none. */
export async function renewToken(stale: string | null): Promise<boolean> {
  if (current !== stale) return current !== null;
  renewal ??= renewBy().finally(() => (renewal = null));
  const fresh = await renewal.catch(() => null);
  if (fresh === null) {
    refusedBy();
    return false;
  }
  current = fresh;
  return true;
}
