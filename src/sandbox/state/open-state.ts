/** The state that a sandbox starts from: the kept one, brought up to this version, or a new one. */
import { dirname } from 'node:path';
import { PROVIDERS } from '../model.ts';
import { hasKeys, keysOf, openProviders, type OpenProviders } from '../providers.ts';
import { type SeedOptions, seedRows } from '../seed/seed.ts';
import { readState, type State } from './state.ts';
import { openFolder } from './store.ts';

export interface Opened {
  readonly state: State;
  readonly providers: OpenProviders;
  readonly isNew: boolean;
}

/** Keys of the sandboxes that keep none: RSA keys take a while to make, so one process makes them once. */
let passing: Promise<OpenProviders> | null = null;

/**
 * Opens the state in a file; without a file it is a new one each time. Throws when the file is not a state.
 * A kept state has its own seed and start. Where it lacks a provider, that provider gets keys and seed rows.
 */
export async function openState(file: string | undefined, options: SeedOptions): Promise<Opened> {
  if (file !== undefined) await openFolder(dirname(file));
  const kept = file === undefined ? null : await readState(file);
  if (kept) return upgraded(kept, options);
  if (file === undefined) passing ??= openProviders({});
  const providers = await (file === undefined && passing ? passing : openProviders({}));
  const { seed, startedAt } = options;
  const state: State = { version: 1, seed, startedAt, keys: keysOf(providers), ...seedRows(options) };
  return { state, providers, isNew: true };
}

async function upgraded(kept: State, { perProvider }: SeedOptions): Promise<Opened> {
  const providers = await openProviders(kept.keys);
  const keys = { ...kept.keys, ...keysOf(providers) };
  const missing = PROVIDERS.filter(
    (name) => !hasKeys(kept.keys, name) && !kept.payments.some(({ provider }) => provider === name),
  );
  const { seed, startedAt } = kept;
  const added = seedRows({ seed, startedAt, perProvider }, missing, kept.serial);
  const state: State = {
    ...kept,
    keys,
    payments: [...kept.payments, ...added.payments],
    refunds: [...kept.refunds, ...added.refunds],
    serial: added.serial,
  };
  return { state, providers, isNew: false };
}
