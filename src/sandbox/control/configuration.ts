/** The configuration file with which a refund-graph server speaks to this sandbox. */
import { ofEach, PROVIDERS, type ProviderName } from '../model.ts';
import type { Account } from '../provider.ts';
import type { OpenProviders } from '../providers.ts';

/** Where the providers listen. */
export type ProviderUrls = Readonly<Record<ProviderName, string>>;
/** Where the providers and the control server listen. */
export type SandboxUrls = ProviderUrls & { readonly control: string };

/** Addresses where nobody listens. */
export const NOWHERE: ProviderUrls = ofEach(() => 'http://127.0.0.1:9');

/** The content of the file: an account of each provider, with its keys inline. */
export interface SandboxConfig {
  readonly accounts: readonly Account[];
}

/** The accounts at these addresses, in the order of the list of providers. */
export const accountsOf = (urls: ProviderUrls, providers: OpenProviders): readonly Account[] =>
  PROVIDERS.map((name) => providers[name].account(urls[name]));
