/** When the ledger's word is good enough. */
import { isFinished, type Refund } from './refund.ts';

/**
 * LEDGER: what this server knows. PROVIDER: query it. AUTO: query it only where the ledger can be out of
 * date.
 */
export type ReadPolicy = 'AUTO' | 'LEDGER' | 'PROVIDER';

/** Under AUTO a refund observed less than this many milliseconds ago is not queried again. */
const FRESH_MS = 2_000;

/** Whether the ledger may answer for a refund under a policy. */
export function ledgerSuffices(refund: Refund, policy: ReadPolicy, now: Date): boolean {
  switch (policy) {
    case 'LEDGER':
      return true;
    case 'PROVIDER':
      return false;
    case 'AUTO':
      if (refund.observedAt === null) return false;
      // Seen in the future: by another server, whose clock is ahead of ours.
      return isFinished(refund.status) || Math.abs(now.getTime() - refund.observedAt.getTime()) < FRESH_MS;
  }
}
