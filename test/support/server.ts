/**
 * A whole server over the sandbox, on free ports: embedded in its own folder, or on PostgreSQL in its own
 * database.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../../src/app.ts';
import { parseConfiguration } from '../../src/config/accounts.ts';
import { readEnvironment, type Variables } from '../../src/config/environment.ts';
import { inspectLedger } from '../../src/ledger/inspect.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { cloneTemplate, dropDatabase, prepareDataDir } from './database.ts';

export interface ServerUnderTest {
  readonly url: string;
  readonly sandbox: Sandbox;
  /** Runs a query; the whole GraphQL answer. */
  readonly ask: (query: string, variables?: Readonly<Record<string, unknown>>) => Promise<GraphqlAnswer>;
  /** Speaks to the sandbox's control server; with a body it is a POST. */
  readonly control: (path: string, body?: unknown) => Promise<unknown>;
  /** Loses the ledger: the server starts again on an empty one, over the same sandbox. */
  readonly forget: () => Promise<void>;
  /** Stops both. Throws when an invariant of the ledger that is left behind is broken. */
  readonly stop: () => Promise<void>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers of any shape; a test fails where they differ
export type GraphqlAnswer = { readonly data: any; readonly errors?: readonly any[] };

export interface ServerOptions {
  readonly sandbox?: SandboxOptions;
  readonly variables?: Variables;
  /** Settings put over the sandbox's accounts, by account key. */
  readonly accounts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The member of the same name of the configuration file. */
  readonly reconciliation?: Readonly<Record<string, unknown>>;
  /** The same; switched off when left out, so that every call to a provider is the test's own. */
  readonly mirror?: Readonly<Record<string, unknown>>;
}

/** Starts both. */
export async function startServerUnderTest(options: ServerOptions = {}): Promise<ServerUnderTest> {
  const sandbox = await startSandbox(options.sandbox);
  const accounts = sandbox.config.accounts.map((account) => ({ ...account, ...options.accounts?.[account.key] }));
  const { reconciliation: settling, mirror: mirroring = { enabled: false } } = options;
  const reading = parseConfiguration({ accounts, reconciliation: settling, mirror: mirroring }, {});
  if (reading.kind === 'wrong') throw new Error(JSON.stringify(reading.problems));
  const { accounts: opened, reconciliation, mirror } = reading;

  async function startOnEmptyLedger() {
    const folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
    const postgres = process.env['TEST_DATABASE_URL'];
    const databaseUrl = postgres === undefined || postgres === '' ? undefined : await cloneTemplate(postgres);
    if (databaseUrl === undefined) await prepareDataDir(folder);
    const environment = readEnvironment({
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATA_DIR: folder,
      DATABASE_URL: databaseUrl,
      AUTH: 'none',
      REFUNDS_CONFIG: 'handed over below',
      ...options.variables,
    });
    if ('problems' in environment) throw new Error(JSON.stringify(environment.problems));
    const app = await startApp({ environment: environment.value, accounts: opened, reconciliation, mirror });
    return {
      app,
      stop: async () => {
        await app.stop();
        const broken = await brokenInvariants(databaseUrl ?? null, folder);
        if (databaseUrl !== undefined) await dropDatabase(databaseUrl);
        rmSync(folder, { recursive: true, force: true });
        if (broken.length > 0) throw new Error(broken.join('\n'));
      },
    };
  }
  let running = await startOnEmptyLedger();

  const ask: ServerUnderTest['ask'] = async (query, variables = {}) => {
    const response = await fetch(`${running.app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  return {
    get url() {
      return running.app.url;
    },
    sandbox,
    ask,
    control: async (path, body) => {
      const post = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      const response = await fetch(`${sandbox.urls.control}${path}`, body === undefined ? {} : post);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    forget: async () => {
      await running.stop();
      running = await startOnEmptyLedger();
    },
    stop: async () => {
      try {
        await running.stop();
      } finally {
        await sandbox.close();
      }
    },
  };
}

/** What is wrong with the ledger that a server left behind. */
export async function brokenInvariants(databaseUrl: string | null, folder: string): Promise<readonly string[]> {
  const place = databaseUrl === null ? { dataDir: join(folder, 'ledger') } : { databaseUrl };
  const seen = await inspectLedger(place, () => new Date());
  if (seen.kind !== 'opened') throw new Error(`the ledger is ${seen.kind}`);
  return seen.invariants.flatMap(({ name, offenders }) => offenders.map((offender) => `${name}: ${offender}`));
}
