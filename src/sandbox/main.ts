/** `npm run sandbox`: the simulated providers alone, on ports of their own. */
import { join, resolve } from 'node:path';
import { ofEach, PROVIDERS, type ProviderName } from './model.ts';
import { SIMULATED } from './providers.ts';
import { startSandbox, type Sandbox } from './sandbox.ts';
import { writeWhole } from './state/store.ts';

const FIRST_PORT = 4010;

/** SANDBOX_PORT, HOST and DATA_DIR; throws a sentence when the port is none. */
function settings(environment: NodeJS.ProcessEnv): {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
} {
  const asked = environment['SANDBOX_PORT'] ?? String(FIRST_PORT);
  const port = /^\d{1,5}$/.test(asked) ? Number(asked) : 0;
  // One for each provider and one for the control server, in a row.
  const last = 65_535 - PROVIDERS.length;
  if (port < 1 || port > last) throw new Error(`SANDBOX_PORT: expected a port from 1 to ${last}, got ${asked}`);
  return {
    host: environment['HOST'] ?? '127.0.0.1',
    port,
    folder: resolve(environment['DATA_DIR'] ?? '.data', 'sandbox'),
  };
}

const columns = (name: string): string => name.padEnd(8);

/** A line of a provider: where it is, a payment to refund and a refund to look at. */
function lineOf({ urls, examples }: Sandbox, provider: ProviderName): string {
  const { title, createNames } = SIMULATED[provider];
  const { payments, refunds } = examples[provider];
  const what = createNames === 'merchantPaymentId' ? 'order' : 'payment';
  const tries = `refund ${what} ${payments[0]?.[createNames]}, see refund ${refunds[0]?.merchantRefundId}`;
  return `  ${columns(title)} ${urls[provider]}   ${tries}`;
}

const welcome = (sandbox: Sandbox, folder: string, configFile: string): string => `The sandbox is up (Ctrl+C stops it).

${PROVIDERS.map((name) => lineOf(sandbox, name)).join('\n')}
  ${columns('control')} ${sandbox.urls.control}   says what it can do

A refund succeeds after some seconds; one whose amount ends in 13 minor units (e.g. 1.13) fails, in 17 goes on for ever,
in 19 is canceled. To use it from another terminal, with a ledger of its own:

  DATA_DIR=${join(folder, 'server')} REFUNDS_CONFIG=${configFile} AUTH=none npm start
`;

async function main(): Promise<void> {
  const { host, port, folder } = settings(process.env);
  const sandbox = await startSandbox({
    host,
    ports: { ...ofEach((name) => port + PROVIDERS.indexOf(name)), control: port + PROVIDERS.length },
    // Not the file of the sandbox inside `npm start`: two processes must not write one state.
    stateFile: join(folder, 'standalone.json'),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      sandbox.close().catch((error: unknown) => {
        process.stderr.write(`The sandbox could not stop well: ${String(error)}\n`);
        process.exitCode = 1;
      });
    });
  }
  const configFile = join(folder, 'refunds.json');
  await writeWhole(configFile, `${JSON.stringify(sandbox.config, null, 2)}\n`);
  process.stdout.write(welcome(sandbox, folder, configFile));
}

main().catch((error: unknown) => {
  process.stderr.write(`The sandbox did not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
