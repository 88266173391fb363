/**
 * The list of wings. Another provider has a place in `accountSettings`, `WINGS` and `openIn`: the compiler
 * and a test ask for each.
 */
import { z } from 'zod';
import type { CallLane } from '../operator/event.ts';
import type { Provider } from '../refunds/refund.ts';
import { bluePayAccount } from './bluepay/index.ts';
import { bluePaySettings } from './bluepay/settings.ts';
import type { ProviderAccount } from './provider.ts';
import { shoutuAccount } from './shoutu/index.ts';
import { shoutuSettings } from './shoutu/settings.ts';
import { tiPayAccount } from './tipay/index.ts';
import { tiPaySettings } from './tipay/settings.ts';
import { openWay, type WingParts } from './wing.ts';

/** One account of the configuration file, whichever provider it is at. */
export const accountSettings = z.discriminatedUnion('provider', [shoutuSettings, bluePaySettings, tiPaySettings]);
export type AccountSettings = z.output<typeof accountSettings>;

/** How an account of each provider is opened. */
export const WINGS: {
  readonly [Name in Provider]: (
    settings: Extract<AccountSettings, { readonly provider: Name }>,
    deps: WingParts,
  ) => ProviderAccount;
} = {
  SHOUTU: shoutuAccount,
  BLUEPAY: bluePayAccount,
  TIPAY: tiPayAccount,
};

/**
 * Opens an account for readers, with the same account for work beside it. Nothing is sent before its first
 * call.
 */
export function openAccount(settings: AccountSettings, deps: WingParts): ProviderAccount {
  const way = openWay(settings, deps);
  const inLane = (lane: CallLane) => openIn(settings, { ...deps, transport: way.in(lane) });
  const { create } = inLane('refunds');
  return { ...inLane('reads'), atWork: { ...inLane('jobs'), ...(create && { create }) } };
}

function openIn(settings: AccountSettings, deps: WingParts): ProviderAccount {
  switch (settings.provider) {
    case 'SHOUTU':
      return WINGS.SHOUTU(settings, deps);
    case 'BLUEPAY':
      return WINGS.BLUEPAY(settings, deps);
    case 'TIPAY':
      return WINGS.TIPAY(settings, deps);
  }
}
