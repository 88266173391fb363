/** Whether the live connection stands, as a value that screens can follow. */
import { useSyncExternalStore } from 'react';

/** `opening`: for the first time. `lost`: it does not stand, and is being opened again. */
export type Connection = 'opening' | 'open' | 'lost';

let state: Connection = 'opening';
const listeners = new Set<() => void>();

/** Tells every screen. */
export function setConnection(next: Connection): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useConnection = (): Connection => useSyncExternalStore(listen, () => state);
