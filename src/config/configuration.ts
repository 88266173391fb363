/** Everything an operator decides, checked whole before anything starts. */
import type { AccountSettings } from '../providers/index.ts';
import { readConfigurationFile } from './accounts.ts';
import { readEnvironment, type Environment, type Variables } from './environment.ts';
import type { MirrorSettings } from './mirror.ts';
import { ConfigurationError } from './problem.ts';
import type { ReconciliationSettings } from './reconciliation.ts';

export interface Configuration {
  readonly environment: Environment;
  /** Null: no configuration file, so the built-in sandbox is used. */
  readonly accounts: readonly AccountSettings[] | null;
  /** Left out: the defaults. */
  readonly reconciliation?: ReconciliationSettings;
  /** Left out: the defaults. */
  readonly mirror?: MirrorSettings;
}

/** Reads environment and file. Throws one ConfigurationError that names everything that is wrong in both. */
export function loadConfiguration(variables: Variables = process.env): Configuration {
  const environment = readEnvironment(variables);
  const path = variables['REFUNDS_CONFIG']?.trim();
  const file = path === undefined || path === '' ? null : readConfigurationFile(path, variables);
  const problems = [
    ...('problems' in environment ? environment.problems : []),
    ...(file?.kind === 'wrong' ? file.problems : []),
  ];
  if ('problems' in environment || file?.kind === 'wrong') throw new ConfigurationError(problems);
  return {
    environment: environment.value,
    accounts: file?.accounts ?? null,
    ...(file === null ? {} : { reconciliation: file.reconciliation, mirror: file.mirror }),
  };
}
