/** An operator of the feed who does not listen. */
import type { FeedObserver } from '../../src/feed/alarm.ts';

export const UNHEARD: FeedObserver = {
  failed: () => undefined,
  recovered: () => undefined,
  setBack: () => undefined,
};
