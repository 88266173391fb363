/** Waits for something to become true, asking again and again; throws when it does not within the time. */
import { setTimeout as pause } from 'node:timers/promises';

export async function until(isSo: () => Promise<boolean> | boolean, withinMs = 15_000): Promise<void> {
  for (const startedAt = performance.now(); !(await isSo()); await pause(50)) {
    if (performance.now() - startedAt > withinMs) throw new Error(`not so within ${withinMs} ms: ${isSo.toString()}`);
  }
}
