/** What is known of the copies of providers' lists: how far they are, and which are whole. */
import type { Ledger } from '../../ledger/database/database.ts';
import { notCopied, readMirrors, type MirrorState } from '../../ledger/mirror.ts';
import type { AccountKey } from '../../refunds/ids.ts';

export interface MirroredDeps {
  readonly ledger: Ledger;
  /** The accounts whose lists are copied. */
  readonly mirrored: ReadonlySet<AccountKey>;
}

/** The progress of each copy, in the position of its account; null where nothing is copied. */
export async function progressOf(
  { ledger, mirrored }: MirroredDeps,
  accounts: readonly AccountKey[],
): Promise<readonly (MirrorState | null)[]> {
  const states = await readMirrors(
    ledger.db,
    accounts.filter((account) => mirrored.has(account)),
  );
  return accounts.map((account) =>
    mirrored.has(account) ? (states.find((state) => state.account === account) ?? notCopied(account)) : null,
  );
}

/** The whole copies among those of these accounts, each with the instant that it tells of. */
export async function copiesOf(
  deps: MirroredDeps,
  accounts: readonly AccountKey[],
): Promise<ReadonlyMap<AccountKey, Date>> {
  const states = await progressOf(deps, accounts);
  return new Map(
    states.flatMap((state) => (state === null || state.asOf === null ? [] : [[state.account, state.asOf]])),
  );
}
