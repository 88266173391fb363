/** What every wing is handed, and what every wing opens in the same way. */
import type { z } from 'zod';
import type { Tell } from '../operator/event.ts';
import type { Clock, NewId, Random } from '../flow/clock.ts';
import type { RefundStatus } from '../refunds/refund.ts';
import type { sharedSettings } from './settings.ts';
import { statusWords } from './wire/status-words.ts';
import type { Remembered } from './http/remembered.ts';
import { createTransport, type Transport } from './http/transport.ts';
import { spareMembers } from './wire/members.ts';
import { recordReader } from './wire/records.ts';

export interface WingParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly newId?: NewId;
  /** Hears what happens between us and the provider. */
  readonly tell?: Tell;
  /** The way to the provider, where another lane of it is open already. Left out: one of its own. */
  readonly transport?: Transport;
  /** What readers of all accounts were answered before. Left out: nothing is remembered. */
  readonly remembered?: Remembered;
}

/** Opens the way to an account's provider, with all its lanes. Nothing is sent before the first call. */
export const openWay = (
  { key, baseUrl, timeoutMs, maxConcurrency }: z.output<z.ZodObject<typeof sharedSettings>>,
  deps: WingParts,
) => createTransport({ account: key, baseUrl, timeoutMs, maxConcurrency, ...deps });

/**
 * Opens the way to an account; `words` are the provider's own status words. Nothing is sent before the first
 * call.
 */
export function openWing(
  settings: z.output<z.ZodObject<typeof sharedSettings>> & {
    readonly currency: string;
    /** The operator's own meanings of status words. */
    readonly statuses: Readonly<Record<string, RefundStatus>>;
  },
  words: Readonly<Record<string, RefundStatus>>,
  deps: WingParts,
) {
  const { key, displayName, currency, timeZone, timeoutMs, callbackAllowedIps } = settings;
  const transport = deps.transport ?? openWay(settings, deps);
  let told = 0;
  const tell: Tell = (event) => {
    told += 1;
    deps.tell?.(event);
  };
  return {
    transport,
    /**
     * What a function reads, and whether nothing was told of it: then it is the same whenever it is read
     * again.
     */
    quietly: <Value>(read: () => Value): { readonly value: Value; readonly isQuiet: boolean } => {
      const before = told;
      const value = read();
      return { value, isQuiet: told === before };
    },
    statusOf: statusWords(key, words, settings.statuses, tell),
    readRecord: recordReader(({ error, ...event }) => {
      transport.doubt(error);
      tell({ kind: 'unreadable-record', ...event });
    }),
    /** How its records are to be read. */
    units: { currency, timeZone, clock: deps.clock, spare: spareMembers(key, tell) },
    /** The members of the ProviderAccount that its settings and its transport give. */
    account: {
      key,
      displayName,
      currency,
      timeZone,
      timeoutMs,
      callbackAllowedIps: callbackAllowedIps ?? null,
      health: transport.health,
      close: transport.close,
    },
  };
}
