/** Real accounts or the sandbox: what of REFUNDS_CONFIG and SANDBOX does not go with the other variables. */
import type { SettingProblem } from './problem.ts';

/**
 * Variables that are set only for a server that others use. With one of them, a missing REFUNDS_CONFIG was
 * forgotten.
 */
const MEANT_FOR_PRODUCTION = ['DATABASE_URL', 'AUTH=jwt', 'PUBLIC_URL'] as const;

/** Looks at what is given, so that it is told beside the variables that are `wrong`. */
export function accountsProblems(
  given: Readonly<Record<string, string | undefined>>,
  wrong: ReadonlySet<string>,
): readonly SettingProblem[] {
  if (wrong.has('SANDBOX')) return [];
  const { REFUNDS_CONFIG: file, SANDBOX: sandbox } = given;
  if (file !== undefined && sandbox !== undefined) {
    const problem = 'yes would run the sandbox, while REFUNDS_CONFIG names real accounts; unset one of the two';
    return [{ setting: 'SANDBOX', problem }];
  }
  if (file !== undefined || sandbox !== undefined) return [];
  const set = MEANT_FOR_PRODUCTION.filter((text) => {
    const [name = '', value] = text.split('=');
    return given[name] !== undefined && (value === undefined || given[name] === value);
  });
  if (set.length === 0) return [];
  const problem =
    `not set, while ${set.join(', ')} ${set.length === 1 ? 'is' : 'are'}; set it to the path of the configuration file, ` +
    'or set SANDBOX=yes to run the sandbox with simulated refunds';
  return [{ setting: 'REFUNDS_CONFIG', problem }];
}
