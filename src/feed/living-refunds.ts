/**
 * Events of one refund share the refund as it is now: who reads an older event from memory is not told an
 * older state than others were.
 */
import type { RefundEvent } from '../ledger/events.ts';

/** Remembers the refunds of the last events, of at least as many as `keep`. */
export class LivingRefunds {
  readonly #keep: number;
  /** The refund that was told of last stands last. */
  readonly #shared = new Map<string, { refund: RefundEvent['living']['refund'] }>();

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Takes the next events of the log in: they and the earlier ones have the refunds of now. */
  share(events: readonly RefundEvent[]): readonly RefundEvent[] {
    const sharing = events.map((event): RefundEvent => {
      const { refundId, living } = event;
      const shared = this.#shared.get(refundId) ?? { refund: living.refund };
      if (living.refund.version >= shared.refund.version) shared.refund = living.refund;
      this.#shared.delete(refundId);
      this.#shared.set(refundId, shared);
      return { ...event, living: shared };
    });
    for (const refundId of this.#shared.keys()) {
      if (this.#shared.size <= this.#keep) break;
      this.#shared.delete(refundId);
    }
    return sharing;
  }
}
