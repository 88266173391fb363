/** Everything an operator decides, checked whole before anything starts. */
import type { AccountSettings } from '../providers/index.ts';
import { readConfigurationFile } from './accounts.ts';
import { providerAddressProblems } from './doors.ts';
import { readManifests } from './manifest.ts';
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
  /** The documents that may be run, by id. Left out: any. */
  readonly trustedDocuments?: ReadonlyMap<string, string>;
}

/** Reads environment and file. Throws one ConfigurationError that names everything that is wrong in both. */
export function loadConfiguration(variables: Variables = process.env): Configuration {
  const environment = readEnvironment(variables);
  const path = variables['REFUNDS_CONFIG']?.trim();
  const file = path === undefined || path === '' ? null : readConfigurationFile(path, variables);
  const paths = 'problems' in environment ? [] : environment.value.doors.trustedDocuments;
  const manifests = paths.length === 0 ? null : readManifests(paths);
  const isPlainHttpFine = variables['ALLOW_HTTP']?.trim() === 'yes' || file?.kind !== 'read';
  const plain = isPlainHttpFine ? [] : providerAddressProblems(file.accounts);
  const problems = [
    ...('problems' in environment ? environment.problems : []),
    ...(file?.kind === 'wrong' ? file.problems : []),
    ...plain,
    ...(manifests?.problems ?? []),
  ];
  if (plain.length > 0 || (manifests?.problems.length ?? 0) > 0 || 'problems' in environment || file?.kind === 'wrong')
    throw new ConfigurationError(problems);
  return {
    environment: environment.value,
    accounts: file?.accounts ?? null,
    ...(file === null ? {} : { reconciliation: file.reconciliation, mirror: file.mirror }),
    ...(manifests === null ? {} : { trustedDocuments: manifests.documents }),
  };
}
