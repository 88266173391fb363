/** What a piece of work uses of what is scarce, summed up wherever in the process it happens. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Tries of calls to providers, and the time of statements in the database. */
export interface Usage {
  providerCalls: number;
  databaseMs: number;
}

const current = new AsyncLocalStorage<Usage>();

/** Runs a function, and all that it starts; what they use is added to `usage`. */
export const metered = <Value>(usage: Usage, work: () => Value): Value => current.run(usage, work);

/** Adds to the usage of what runs now. Work that nobody meters is not counted. */
export function use(what: keyof Usage, amount: number): void {
  const usage = current.getStore();
  if (usage !== undefined) usage[what] += amount;
}
