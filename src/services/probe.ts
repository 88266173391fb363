/** Calls every account once at the start, so that its health is known before the first user asks. */
import type { Tell } from '../operator/event.ts';
import type { ProviderAccount } from '../providers/provider.ts';

/** How long the first call to an account may take, in milliseconds. */
const PROBE_MS = 10_000;

/** Starts the calls; the operator is told of each answer. */
export function probeAll(accounts: Iterable<ProviderAccount>, tell: Tell): void {
  for (const { key: account, probe } of accounts) {
    probe(AbortSignal.timeout(PROBE_MS)).then(
      () => tell({ kind: 'account-answers', account }),
      (error: unknown) => tell({ kind: 'account-fails', account, error }),
    );
  }
}
