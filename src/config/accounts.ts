/** The configuration file: which accounts at which providers. The members are the wings' own settings. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { accountSettings } from '../providers/index.ts';
import type { Variables } from './environment.ts';
import { interpolate } from './interpolate.ts';
import { DEFAULT_MIRROR, mirrorSettings } from './mirror.ts';
import type { SettingProblem } from './problem.ts';
import { DEFAULT_RECONCILIATION, reconciliationSettings } from './reconciliation.ts';
import { shown } from './shown.ts';

/** The whole file. `$schema` lets an editor find the printed JSON Schema. */
const configurationFile = z.strictObject({
  $schema: z.string().optional(),
  accounts: z.array(accountSettings).min(1, 'expected at least one account'),
  reconciliation: reconciliationSettings.default(DEFAULT_RECONCILIATION),
  mirror: mirrorSettings.default(DEFAULT_MIRROR),
});

const wrong = (...problems: SettingProblem[]) => ({ kind: 'wrong', problems }) as const;

/** Reads the file at a path. */
export function readConfigurationFile(path: string, variables: Variables) {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    return wrong({ setting: 'REFUNDS_CONFIG', problem: `expected a readable JSON file, got ${shown(path)} (${code})` });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a secret.
    return wrong({ setting: 'REFUNDS_CONFIG', problem: `expected JSON, but ${shown(path)} can't be parsed as such` });
  }
  return parseConfiguration(json, variables);
}

/**
 * Checks a configuration that is JSON already. Reports every problem at once: of placeholders, members and
 * keys.
 */
export function parseConfiguration(json: unknown, variables: Variables) {
  const { value, unresolved } = interpolate(json, variables);
  const parsed = configurationFile.safeParse(value);
  // What a placeholder should have become is not known, so nothing can be wrong with it.
  const issues = (parsed.error?.issues ?? []).filter(
    (issue) => !unresolved.some(({ path }) => path.every((step, index) => issue.path[index] === step)),
  );
  const problems = [
    ...unresolved.map(({ path, problem }) => ({ setting: label(path, json), problem })),
    ...issues.map((issue) => asProblem(issue, json, value)),
    ...usedTwice(json, value),
  ];
  if (!parsed.success || problems.length > 0) return wrong(...problems);
  const { accounts, reconciliation, mirror } = parsed.data;
  return { kind: 'read', accounts, reconciliation, mirror } as const;
}

/** Looks at the file before it is parsed: a key that is there twice is told whatever else is wrong. */
function usedTwice(json: unknown, value: unknown): readonly SettingProblem[] {
  const accounts = at(value, ['accounts']);
  const keys = Array.isArray(accounts) ? accounts.map((account) => at(account, ['key'])) : [];
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    if (typeof key !== 'string' || first === index) return [];
    return [{ setting: label(['accounts', index, 'key'], json), problem: `is the key of accounts[${first}] already` }];
  });
}

/**
 * Members that may be shown when they are wrong. All others could hold a secret, also one in the wrong place.
 */
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

function asProblem(issue: z.core.$ZodIssue, json: unknown, value: unknown): SettingProblem {
  const setting = label(issue.path, json);
  const member = issue.path.findLast((step) => typeof step === 'string');
  const came = at(value, issue.path);
  if (typeof member !== 'string' || !SHOWN.has(member) || came === undefined)
    return { setting, problem: issue.message };
  const written = at(json, issue.path);
  // A variable or file may hold a secret, also one that was meant for another member.
  const text = came === written ? shown(came) : `what ${shown(written)} stands for`;
  return { setting, problem: `${issue.message}, got ${text}` };
}

/** A path as an operator reads it, with the key that is in the file: `accounts[0] (library).secret`. */
function label(path: readonly PropertyKey[], json: unknown): string {
  if (path.length === 0) return 'the configuration file';
  return path.reduce<string>((text, step, index) => {
    if (typeof step !== 'number') return text === '' ? String(step) : `${text}.${String(step)}`;
    const key = at(json, [...path.slice(0, index + 1), 'key']);
    return `${text}[${step}]${typeof key === 'string' && isPlainKey(key) ? ` (${key})` : ''}`;
  }, '');
}

/** Whether a key can stand in a message: it looks like one, or like the placeholder of one. */
const isPlainKey = (key: string): boolean => /^[\w${}-]{1,64}$/.test(key);

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    root,
  );
}

/** The JSON Schema of the file, for editors. */
export const configurationJsonSchema = (): unknown =>
  z.toJSONSchema(configurationFile, { io: 'input', unrepresentable: 'any' });
