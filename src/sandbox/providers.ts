/** The list of the simulated providers. A new one is a folder, a name in model.ts and a line here. */
import { bluePay } from './bluepay/provider.ts';
import { ofEach, PROVIDERS, type ProviderName } from './model.ts';
import type { OpenProvider, SimulatedProvider } from './provider.ts';
import { shoutu } from './shoutu/provider.ts';
import { tiPay } from './tipay/provider.ts';

export const SIMULATED: Readonly<Record<ProviderName, SimulatedProvider>> = {
  SHOUTU: shoutu,
  BLUEPAY: bluePay,
  TIPAY: tiPay,
};

/** Keys of the providers as a state file has them: by the name in small letters. */
export type KeptKeys = Readonly<Record<string, unknown>>;
export type OpenProviders = Readonly<Record<ProviderName, OpenProvider>>;

const memberOf = (provider: ProviderName): string => provider.toLowerCase();

/** Whether there are keys of a provider, readable or not. */
export const hasKeys = (kept: KeptKeys, provider: ProviderName): boolean => kept[memberOf(provider)] !== undefined;

/** All providers with the kept keys; who has none gets new ones, and RSA keys take a moment to make. */
export async function openProviders(kept: KeptKeys): Promise<OpenProviders> {
  const open = async (name: ProviderName) => [name, await SIMULATED[name].open(kept[memberOf(name)])] as const;
  const opened = new Map(await Promise.all(PROVIDERS.map(open)));
  return ofEach((name) => {
    const provider = opened.get(name);
    if (!provider) throw new Error(`${name} is not in the list of providers`);
    return provider;
  });
}

/** What is to be kept of them. */
export const keysOf = (providers: OpenProviders): KeptKeys =>
  Object.fromEntries(PROVIDERS.map((name) => [memberOf(name), providers[name].keys]));
