/**
 * The parts of a subscription. Readers who ask the same and may see the same are told together: each event is
 * executed once for all of them. A reader comes to the live end by itself, and what ends it alone is told to
 * it alone.
 */
import type { Delivery } from '../../feed/follower.ts';
import type { EventPosition } from '../../refunds/event-cursor.ts';

/** An event, or the last thing that a subscription says. */
export type LiveItem = Delivery | { readonly kind: 'token-expired' };

/** Which part runs. */
export type Telling =
  /** A reader's own: up to the live end. */
  | {
      readonly kind: 'own';
      /** Takes a seat among equals there; false: not yet. */
      readonly arrive: (at: EventPosition) => boolean;
      readonly hasArrived: () => boolean;
    }
  /** What all equals are told, from the place of the first one on. */
  | {
      readonly kind: 'shared';
      readonly from: EventPosition;
      /** Called before an item is executed: the place behind it, or null where it has none. */
      readonly reached: (position: EventPosition | null) => void;
    }
  /** What is told to one reader as its last. */
  | { readonly kind: 'last-word'; readonly item: LiveItem };
