/** Makes a refund known that a notice tells of, as if the provider had shown it when it was asked. */
import type { Ledger } from '../../src/ledger/database/database.ts';
import type { ProviderAccount } from '../../src/providers/provider.ts';
import { observedAccount } from '../../src/services/observation/query.ts';
import { observe } from '../../src/services/observation/observe.ts';
import type { Notice } from './notices.ts';

/** The refund is PENDING afterwards, whatever the notice says. */
export async function makeKnown(ledger: Ledger, account: ProviderAccount | undefined, notice: Notice): Promise<void> {
  const { contentType, body } = notice;
  const reading = account?.callbacks?.read({ contentType, body: Buffer.from(body), headers: {} });
  if (account === undefined || reading?.kind !== 'observation') throw new Error('no notice that can be read');
  const begun = { ...reading.observation, status: 'PENDING', failure: null, completedAt: null, raw: '{}' } as const;
  await observe(ledger, observedAccount(account), [begun], { via: 'QUERY', at: ledger.clock() });
}
