/**
 * Settings that the accounts of all providers share. A wing puts them into its own strict object:
 * `z.strictObject({ provider: z.literal('SHOUTU'), ...sharedSettings, … })`. The descriptions go into the
 * printed JSON Schema.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { accountKey } from '../refunds/ids.ts';
import { isCurrencyCode } from '../refunds/money.ts';

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** http or https, without credentials, query or fragment: these would be lost or sent to the wrong place. */
function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false;
  return url.username === '' && url.password === '' && !/[?#]/.test(text);
}

/** "10.0.0.1", "10.0.0.0/8", "2001:db8::1" or "2001:db8::/32". */
export function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** ISO 4217 code. */
export const currencySetting = z
  .string()
  .refine(isCurrencyCode, 'expected an ISO 4217 code such as CNY')
  .meta({ pattern: '^[A-Z]{3}$' });

/** Path of a call below `baseUrl`. */
export const pathSetting = z.string().regex(/^\/[^\s?#]*$/, 'expected a path that begins with / and has no query');

/** Members of every account. The currency is each wing's own matter, because its default is. */
export const sharedSettings = {
  key: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, dashes or underscores')
    .transform(accountKey)
    .describe('Names the account, in ids, in the callback address /notify/KEY and in tokens. Never change it.'),
  displayName: z.string().trim().min(1).max(100).describe('What people see.'),
  baseUrl: z
    .string()
    .refine(isBaseUrl, 'expected an http or https address without credentials, query or fragment')
    .transform((text) => text.replace(/\/+$/, ''))
    .describe("The provider's address, e.g. https://gateway.example; a path in it is put before every call's path."),
  timeZone: z
    .string()
    .refine(isTimeZone, 'expected an IANA time zone such as Asia/Shanghai')
    .default('Asia/Shanghai')
    .describe("Zone of the provider's wall times and of the account's days (inferred: the providers print none)."),
  timeoutMs: z
    .int()
    .min(100)
    .max(120_000)
    .default(10_000)
    .describe('Longest time for one call, waiting and repeated tries included, in milliseconds.'),
  maxConcurrency: z.int().min(1).max(512).default(32).describe('Most requests under way to this account at once.'),
  callbackAllowedIps: z
    .array(z.string().refine(isAddressOrRange, 'expected an IP address or a CIDR range'))
    .min(1)
    .optional()
    .describe('Addresses or CIDR ranges that callbacks may come from; all when left out.'),
};
