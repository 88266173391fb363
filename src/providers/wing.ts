/** What every wing is handed. */
import type { Tell } from '../operator/event.ts';
import type { Clock, NewId, Random } from '../refunds/clock.ts';

export interface WingDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly newId?: NewId;
  /** Hears what happens between us and the provider. */
  readonly tell?: Tell;
}
