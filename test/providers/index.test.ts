import { describe, expect, it } from 'vitest';
import { accountSettings, openAccount, WINGS } from '../../src/providers/index.ts';
import { SIMULATED } from '../../src/sandbox/providers.ts';
import { PROVIDERS } from '../../src/refunds/refund.ts';
import { settingsText as bluepay } from './bluepay/account.ts';
import { settingsText as tipay } from './tipay/account.ts';

describe('every provider has a wing', () => {
  it('and no wing is without a provider', () => {
    expect(Object.keys(WINGS).toSorted()).toStrictEqual([...PROVIDERS].toSorted());
    expect(accountSettings.options).toHaveLength(PROVIDERS.length);
  });

  it.each(PROVIDERS)('%s: settings in, account out', async (provider) => {
    const { accountKey, open } = SIMULATED[provider];
    const { account: configured } = await open(undefined);
    const settings = accountSettings.parse(configured('https://gateway.example'));
    expect(settings.key).toBe(accountKey);
    const account = openAccount(settings, { clock: () => new Date(0), random: () => 0 });
    expect(account).toMatchObject({
      provider,
      key: settings.key,
      displayName: settings.displayName,
      currency: settings.currency,
      timeZone: settings.timeZone,
    });
    expect(account.health()).toStrictEqual({ status: 'UNKNOWN', lastSuccessAt: null, lastFailure: null });
    await account.close();
  });
});

it('a bad key is an issue of the account and member that hold it', () => {
  const parsed = accountSettings.safeParse(bluepay({ privateKey: 'no key' }));
  expect(parsed.error?.issues.map(({ path }) => path)).toStrictEqual([['privateKey']]);
});

it('an unknown provider is an issue of that member', () => {
  const parsed = accountSettings.safeParse(tipay({ provider: 'FOURTH' }));
  expect(parsed.error?.issues).toMatchObject([{ path: ['provider'] }]);
});
