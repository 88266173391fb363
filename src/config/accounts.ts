/** The configuration file: which accounts at which providers. The members are the wings' own settings. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { accountSettings, type AccountSettings } from '../providers/index.ts';
import type { Variables } from './environment.ts';
import { interpolate } from './interpolate.ts';
import { DEFAULT_MIRROR, mirrorSettings, type MirrorSettings } from './mirror.ts';
import type { SettingProblem } from './problem.ts';
import { DEFAULT_RECONCILIATION, reconciliationSettings, type ReconciliationSettings } from './reconciliation.ts';

/** The whole file. `$schema` lets an editor find the printed JSON Schema. */
const configurationFile = z.strictObject({
  $schema: z.string().optional(),
  accounts: z.array(accountSettings).min(1, 'expected at least one account'),
  reconciliation: reconciliationSettings.default(DEFAULT_RECONCILIATION),
  mirror: mirrorSettings.default(DEFAULT_MIRROR),
});

type Reading =
  | {
      readonly kind: 'read';
      readonly accounts: readonly AccountSettings[];
      readonly reconciliation: ReconciliationSettings;
      readonly mirror: MirrorSettings;
    }
  | { readonly kind: 'wrong'; readonly problems: readonly SettingProblem[] };

const wrong = (...problems: SettingProblem[]): Reading => ({ kind: 'wrong', problems });

/** Reads the file at a path. */
export function readConfigurationFile(path: string, variables: Variables): Reading {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    return wrong({ setting: 'REFUNDS_CONFIG', problem: `expected a readable JSON file, got ${path} (${code})` });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a secret.
    return wrong({ setting: 'REFUNDS_CONFIG', problem: `expected JSON, but ${path} can't be parsed as such` });
  }
  return parseConfiguration(json, variables);
}

/** Checks a configuration that is JSON already: placeholders first, then every member. */
export function parseConfiguration(json: unknown, variables: Variables): Reading {
  const { value, problems } = interpolate(json, variables);
  if (problems.length > 0) return wrong(...problems);
  const parsed = configurationFile.safeParse(value);
  if (!parsed.success) return wrong(...parsed.error.issues.map((issue) => asProblem(issue, value)));
  const { accounts, reconciliation, mirror } = parsed.data;
  const twice = accounts.filter((account, index) => accounts.findIndex(({ key }) => key === account.key) !== index);
  if (twice.length > 0) {
    return wrong(
      ...twice.map(({ key }) => ({ setting: 'accounts', problem: `the key ${key} is used more than once` })),
    );
  }
  return { kind: 'read', accounts, reconciliation, mirror };
}

/** Members that may be shown when they are wrong: all others could hold a secret, or a secret in the wrong place. */
const SHOWN: ReadonlySet<string> = new Set([
  'key',
  'provider',
  'displayName',
  'baseUrl',
  'currency',
  'timeZone',
  'timeoutMs',
  'maxConcurrency',
  'callbackAllowedIps',
  'amountUnit',
  'timestampUnit',
  'minorUnitExponent',
  'maxPageSize',
  'pageBase',
  'reqTimeFormat',
  'pausesSeconds',
  'giveUpAfterSeconds',
  'lateArrivalSeconds',
  'sweepSeconds',
  'enabled',
  'pauseSeconds',
  'pagesPerSecond',
]);

function asProblem(issue: z.core.$ZodIssue, root: unknown): SettingProblem {
  const member = issue.path.findLast((step) => typeof step === 'string');
  const shown = typeof member === 'string' && SHOWN.has(member);
  const came = shown ? JSON.stringify(at(root, issue.path)) : undefined;
  return {
    setting: label(issue.path, root),
    problem: came === undefined ? issue.message : `${issue.message}, got ${came}`,
  };
}

/** A path as an operator reads it: `accounts[0] (library).secret`. */
function label(path: readonly PropertyKey[], root: unknown): string {
  if (path.length === 0) return 'the configuration file';
  return path.reduce<string>((text, step, index) => {
    if (typeof step !== 'number') return text === '' ? String(step) : `${text}.${String(step)}`;
    const key = at(root, [...path.slice(0, index + 1), 'key']);
    return `${text}[${step}]${typeof key === 'string' ? ` (${key})` : ''}`;
  }, '');
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    root,
  );
}

/** The JSON Schema of the file, for editors. */
export const configurationJsonSchema = (): unknown =>
  z.toJSONSchema(configurationFile, { io: 'input', unrepresentable: 'any' });
