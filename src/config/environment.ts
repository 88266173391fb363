/** The environment as plain values; together with `configuration.ts` the only reader of `process.env`. */
import { createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isLoopback } from '../flow/loopback.ts';
import { isAddressOrRange } from '../providers/settings.ts';
import { deskOf, deskProblems, deskVariables } from './desk.ts';
import { limitSettings, limitsOf } from './limits.ts';
import { doorSettings, doorsOf, httpUrl, plainHttpProblem } from './doors.ts';
import type { SettingProblem } from './problem.ts';
import { NOT_SHOWN, shown } from './shown.ts';
import { accountsProblems } from './which-accounts.ts';

/** Variables as the process got them. */
export type Variables = Readonly<Record<string, string | undefined>>;

const port = z.coerce
  .number({ error: 'expected a port number from 0 to 65535' })
  .int('expected a port number from 0 to 65535')
  .min(0, 'expected a port number from 0 to 65535')
  .max(65535, 'expected a port number from 0 to 65535');
const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'expected postgres://user:password@host:port/database',
});

/**
 * Whether tokens can be checked with a key. A private key is refused: the public one is enough, and a secret
 * less to keep.
 */
function isTokenKey(pem: string): boolean {
  if (pem.includes('PRIVATE')) return false;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem);
    return asymmetricKeyType === 'rsa' || asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `expected one of ${values.join(', ')}` });

const DEFAULT_HOST = '127.0.0.1';

const schema = z.object({
  PORT: port.default(4000),
  HOST: z
    .string()
    .regex(/^[\w.:%-]+$/, 'expected an IP address or a host name')
    .default(DEFAULT_HOST),
  REFUNDS_CONFIG: z.string().optional(),
  SANDBOX: z.literal('yes', 'expected yes, or that it is not set').optional(),
  DATABASE_URL: postgresUrl.optional(),
  ...limitSettings,
  DATA_DIR: z.string().default('.data'),
  PUBLIC_URL: httpUrl
    .refine((text) => !/[?#]/.test(text), 'expected an http or https address without query or fragment')
    .optional(),
  AUTH: oneOf(['none', 'jwt']).optional(),
  AUTH_NONE_ANYWHERE: oneOf(['yes', 'no']).default('no'),
  JWT_JWKS_URL: httpUrl.optional(),
  JWT_SECRET: z.string().min(32, 'expected at least 32 characters').optional(),
  JWT_PUBLIC_KEY: z
    .string()
    // Files of variables have one line for each.
    .transform((text) => text.replaceAll('\\n', '\n'))
    .refine(isTokenKey, 'expected a public key in PEM, RSA or EC on P-256')
    .optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  METRICS_PORT: port.optional(),
  ...doorSettings.shape,
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
    .refine((entries) => entries.every(isAddressOrRange), 'expected IP addresses or CIDR ranges between commas'),
  ...deskVariables,
});

/** Variables whose value must never be printed. */
const SECRETS: ReadonlySet<string> = new Set(['JWT_SECRET', 'JWT_PUBLIC_KEY', 'DATABASE_URL']);

export interface Environment {
  readonly port: number;
  readonly host: string;
  /** Path of the configuration file; null: the built-in sandbox. */
  readonly configFile: string | null;
  readonly databaseUrl: string | null;
  readonly limits: ReturnType<typeof limitsOf>;
  readonly dataDir: string;
  readonly publicUrl: string;
  readonly auth: ReturnType<typeof authOf>;
  readonly logLevel: z.infer<typeof schema>['LOG_LEVEL'];
  /** Where the figures are, if not on the main port alone while that is bound to loopback. */
  readonly metricsPort: number | null;
  readonly doors: ReturnType<typeof doorsOf>;
  /** Addresses and CIDR ranges whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly desk: ReturnType<typeof deskOf>;
}

type Reading<Value> = { readonly value: Value } | { readonly problems: readonly SettingProblem[] };

/** DATABASE_URL alone, for a command that needs nothing else; null when it is not set. */
export function readDatabaseUrl(variables: Variables = process.env): Reading<string | null> {
  const given = givenOf(variables);
  const parsed = schema.pick({ DATABASE_URL: true }).safeParse(given);
  if (!parsed.success) return { problems: parsed.error.issues.map((issue) => asProblem(issue, given)) };
  return { value: parsed.data.DATABASE_URL ?? null };
}

/** The variables that are ours. An empty one counts as not set. */
const givenOf = (variables: Variables): Variables =>
  Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const text = variables[name]?.trim();
      return text === undefined || text === '' ? [] : [[name, text]];
    }),
  );

function asProblem({ path, message }: z.core.$ZodIssue, given: Variables): SettingProblem {
  const setting = path.join('.');
  return { setting, problem: `${message}, got ${SECRETS.has(setting) ? NOT_SHOWN : shown(given[setting])}` };
}

/** Reads the environment; an empty variable counts as not set. */
export function readEnvironment(variables: Variables): Reading<Environment> {
  const given = givenOf(variables);
  const parsed = schema.safeParse(given);
  const issues = parsed.error?.issues ?? [];
  const wrong = new Set(issues.map(({ path }) => String(path[0])));
  const problems = [
    ...issues.map((issue) => asProblem(issue, given)),
    ...accountsProblems(given, wrong),
    ...authProblems(given, wrong),
    ...deskProblems(given),
  ];
  if (!parsed.success || problems.length > 0) return { problems };
  const values = parsed.data;
  return {
    value: {
      port: values.PORT,
      host: values.HOST,
      configFile: values.REFUNDS_CONFIG ?? null,
      databaseUrl: values.DATABASE_URL ?? null,
      limits: limitsOf(values),
      dataDir: values.DATA_DIR,
      publicUrl: (values.PUBLIC_URL ?? `http://${bracketed(values.HOST)}:${values.PORT}`).replace(/\/+$/, ''),
      auth: authOf(values),
      logLevel: values.LOG_LEVEL,
      metricsPort: values.METRICS_PORT ?? null,
      doors: doorsOf(values, isLoopback(values.HOST)),
      trustedProxies: values.TRUSTED_PROXIES,
      desk: deskOf(values),
    },
  };
}

/** An IPv6 address as it stands in a URL. */
const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

const KEY_SETTINGS = ['JWT_JWKS_URL', 'JWT_SECRET', 'JWT_PUBLIC_KEY'] as const;

/**
 * Checks AUTH against the other variables. Reads them as given, so that its problems are reported beside the
 * `wrong` ones.
 */
function authProblems(given: Variables, wrong: ReadonlySet<string>): readonly SettingProblem[] {
  if (wrong.has('AUTH')) return [];
  const { AUTH: auth, HOST: host = DEFAULT_HOST, AUTH_NONE_ANYWHERE: anywhere, REFUNDS_CONFIG: file } = given;
  if (auth === 'jwt') {
    const count = KEY_SETTINGS.filter((name) => given[name] !== undefined).length;
    if (count === 1) return keySetProblems(given, wrong);
    const problem = `expected exactly one of ${KEY_SETTINGS.join(', ')} with AUTH=jwt, got ${count}`;
    return [{ setting: 'AUTH', problem }];
  }
  if (auth === undefined && file !== undefined) {
    const problem =
      'not set, while REFUNDS_CONFIG names real accounts; set AUTH=jwt (with JWT_JWKS_URL, JWT_SECRET or ' +
      'JWT_PUBLIC_KEY), or AUTH=none to let everybody who reaches this address do everything';
    return [{ setting: 'AUTH', problem }];
  }
  if (wrong.has('HOST') || wrong.has('AUTH_NONE_ANYWHERE') || isLoopback(host) || anywhere === 'yes') return [];
  const problem =
    `none would let everybody who reaches ${host} move money; set AUTH=jwt, HOST=127.0.0.1, ` +
    'or AUTH_NONE_ANYWHERE=yes if something in front of this server decides who may call it';
  return [{ setting: 'AUTH', problem }];
}

/**
 * A key set signs for every application of its issuer: only the audience says that a token is for this one.
 */
function keySetProblems(given: Variables, wrong: ReadonlySet<string>): readonly SettingProblem[] {
  const { JWT_JWKS_URL: url, JWT_AUDIENCE: audience, ALLOW_HTTP: allowed } = given;
  if (url === undefined || wrong.has('JWT_JWKS_URL')) return [];
  const plain = allowed === 'yes' ? null : plainHttpProblem(url);
  return [
    ...(plain === null ? [] : [{ setting: 'JWT_JWKS_URL', problem: `${plain}, got ${shown(url)}` }]),
    ...(audience === undefined
      ? [{ setting: 'JWT_AUDIENCE', problem: 'not set; expected the audience of this server with JWT_JWKS_URL' }]
      : []),
  ];
}

function authOf(values: z.infer<typeof schema>) {
  if (values.AUTH !== 'jwt') return { kind: 'none' } as const;
  return {
    kind: 'jwt',
    keys: keysOf(values),
    issuer: values.JWT_ISSUER ?? null,
    audience: values.JWT_AUDIENCE ?? null,
  } as const;
}

/** Where the signing keys of tokens come from. */
function keysOf({ JWT_JWKS_URL: url, JWT_SECRET: secret, JWT_PUBLIC_KEY: publicKey }: z.infer<typeof schema>) {
  if (url !== undefined) return { kind: 'jwks', url } as const;
  if (secret !== undefined) return { kind: 'secret', secret } as const;
  if (publicKey !== undefined) return { kind: 'publicKey', publicKey } as const;
  throw new Error('AUTH=jwt without a key came past its check');
}
