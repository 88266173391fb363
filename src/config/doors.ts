/** What the front door shows, whom it lets in, and how long it stays open when the server stops. */
import { z } from 'zod';
import { hostIn, isLoopback } from '../flow/loopback.ts';
import type { SettingProblem } from './problem.ts';

const switched = z
  .enum(['on', 'off'], { error: 'expected on or off' })
  .default('on')
  .transform((word) => word === 'on');

const words = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');

/** As a browser writes it: scheme, host and port, in lower case and without a path. */
const isOrigin = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^/\s@?#A-Z]+$/.test(text);

/** Credentials in an address would end in logs, or be told to browsers; `fetch` takes none. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http or https address', abort: true })
  .refine(hasNoCredentials, { error: 'expected an http or https address without credentials', abort: true });

/** Whether an address has neither name nor password. */
export function hasNoCredentials(text: string): boolean {
  const url = URL.parse(text);
  return url?.username === '' && url.password === '';
}

/** The variables, as members of the schema of all. */
export const doorSettings = z.object({
  GRAPHIQL: switched,
  INTROSPECTION: switched,
  HINTS: switched,
  /** Paths of manifests; none: any document is run. */
  TRUSTED_DOCUMENTS: z.string().default('').transform(words),
  ALLOWED_ORIGINS: z
    .string()
    .default('')
    .transform(words)
    .refine(
      (origins) => origins.every(isOrigin),
      'expected origins between commas, each like https://refunds.example:8443',
    ),
  ALLOW_HTTP: z.literal('yes', 'expected yes, or that it is not set').optional(),
  DRAIN_SECONDS: z.coerce
    .number({ error: 'expected seconds from 0 to 300' })
    .min(0, 'expected seconds from 0 to 300')
    .max(300, 'expected seconds from 0 to 300')
    .optional(),
});

/** How long a balancer that looks each second needs to see that a server stops. */
const DRAIN_SECONDS = 2;

/** The settings of the door. `isNear`: the server is bound to loopback, where nothing balances. */
export const doorsOf = (values: z.infer<typeof doorSettings>, isNear: boolean) => ({
  graphiql: values.GRAPHIQL,
  introspection: values.INTROSPECTION,
  hints: values.HINTS,
  trustedDocuments: values.TRUSTED_DOCUMENTS,
  allowedOrigins: values.ALLOWED_ORIGINS,
  drainMs: (values.DRAIN_SECONDS ?? (isNear ? 0 : DRAIN_SECONDS)) * 1_000,
});

/** What to say of an address that is not encrypted and leads to another machine; null of any other. */
export function plainHttpProblem(url: string): string | null {
  if (URL.parse(url)?.protocol !== 'http:' || isLoopback(hostIn(url))) return null;
  return 'expected https, because who is on the way could read and change what is sent; ALLOW_HTTP=yes allows http';
}

/** Looks at providers' addresses, which stand in the file, with what the environment says. */
export function providerAddressProblems(
  accounts: readonly { readonly key: string; readonly baseUrl: string }[],
): readonly SettingProblem[] {
  return accounts.flatMap(({ key, baseUrl }, index) => {
    const problem = plainHttpProblem(baseUrl);
    return problem === null ? [] : [{ setting: `accounts[${index}] (${key}).baseUrl`, problem }];
  });
}
