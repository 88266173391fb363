/** Stops calling a provider that is down, and lets one call at a time find out whether it is back. */
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleType } from 'cockatiel';
import type { BreakerState } from '../../operator/event.ts';

class Outage extends Error {}

function nameOf(state: CircuitState): BreakerState {
  switch (state) {
    case CircuitState.Closed:
      return 'closed';
    case CircuitState.HalfOpen:
      return 'half-open';
    case CircuitState.Open:
    case CircuitState.Isolated:
      return 'open';
  }
}

/** Opens after so many outages in a row; any other result starts the count anew. */
export function createBreaker(options: {
  readonly failures: number;
  readonly halfOpenAfterMs: number;
  readonly changed: (state: BreakerState) => void;
}) {
  const policy = circuitBreaker(handleType(Outage), {
    halfOpenAfter: options.halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(options.failures),
  });
  policy.onStateChange((state) => options.changed(nameOf(state)));

  /**
   * Runs the call, or resolves with null at once when the breaker is open. `isOutage` says whether the result
   * counts against the provider; `trial` is set for the one call that decides whether the breaker closes.
   */
  async function run<T extends object>(
    call: () => Promise<T>,
    isOutage: (result: T, trial: boolean) => boolean,
  ): Promise<T | null> {
    // During a trial cockatiel would let the others wait for its end, past their own deadlines.
    if (policy.state === CircuitState.HalfOpen) return null;
    const results: T[] = [];
    try {
      await policy.execute(async () => {
        const result = await call();
        results.push(result);
        if (isOutage(result, policy.state === CircuitState.HalfOpen)) throw new Outage();
      });
    } catch (problem) {
      if (!(problem instanceof Outage || problem instanceof BrokenCircuitError)) throw problem;
    }
    return results[0] ?? null;
  }

  return { run, isClosed: (): boolean => policy.state === CircuitState.Closed };
}
