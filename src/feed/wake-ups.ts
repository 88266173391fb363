/** When to read the log: at the database's notification and, in case one is lost, each second. */
import type { Ledger } from '../ledger/database/database.ts';
import { EVENTS_CHANNEL } from '../ledger/events.ts';
import type { createAlarm } from './alarm.ts';

const POLL_MS = 1_000;
/** Events that wait for a slower transaction are looked for again soon, then less and less often. */
const FIRST_LOOK_MS = 10;

/** Calls `wake` from now on. `listening` is raised while notifications can't be heard. */
export function openWakeUps(ledger: Ledger, wake: () => void, alarm: ReturnType<typeof createAlarm>) {
  let listening: Promise<(() => Promise<void>) | null> | null = null;
  let look: NodeJS.Timeout | null = null;
  let lookAfter = FIRST_LOOK_MS;

  async function listen(): Promise<(() => Promise<void>) | null> {
    let isLost = false;
    const lose = (error: unknown): null => {
      isLost = true;
      listening = null;
      alarm.raise('listening', error);
      return null;
    };
    try {
      const stop = await ledger.listen(EVENTS_CHANNEL, wake, () => {
        lose(new Error('the connection broke'));
        wake();
      });
      if (isLost) return null;
      alarm.clear('listening');
      // Events that were written before we listened.
      wake();
      return stop;
    } catch (error) {
      return lose(error);
    }
  }

  listening = listen();
  const poll = setInterval(() => {
    listening ??= listen();
    wake();
  }, POLL_MS);

  return {
    /** Wakes once more soon: after 10 ms, then after twice as long each time, at most a second. */
    soon: (): void => {
      if (look !== null) return;
      look = setTimeout(() => {
        look = null;
        wake();
      }, lookAfter);
      lookAfter = Math.min(2 * lookAfter, POLL_MS);
    },
    /** The next `soon` is after 10 ms again. */
    calm: (): void => {
      lookAfter = FIRST_LOOK_MS;
    },
    close: async (): Promise<void> => {
      clearInterval(poll);
      if (look !== null) clearTimeout(look);
      const stop = await listening;
      await stop?.();
    },
  };
}
