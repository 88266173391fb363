/** The process: start, signals, stop. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Before anything else is loaded: most of a start is reading code. Beside the code that it is made of, since
// whoever could write there could change that as well. Where nobody can, it is off.
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'refund-graph', 'compiled'));
const { endWith } = await import('./commands/operator-error.ts');

/** Signals that end the server when what runs is finished. A second one ends the drain at once. */
const STOPPING = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;
/** Signals that have no meaning here. Without a listener they would end the process, or open a debugger. */
const IGNORED = ['SIGUSR1', 'SIGUSR2'] as const;

try {
  for (const signal of IGNORED) process.on(signal, () => process.stderr.write(`${signal} is ignored\n`));
  const { startApp } = await import('./app.ts');
  const { loadConfiguration } = await import('./config/configuration.ts');
  const app = await startApp(loadConfiguration());
  const drained = new AbortController();
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // A person at the keyboard waits for it.
    if (isStopping || signal === 'SIGINT') drained.abort();
    if (isStopping) return;
    isStopping = true;
    // A stop that hangs is ended.
    setTimeout(() => process.exit(1), app.stopMs).unref();
    void app.stop(drained.signal).then(() => process.exit(0));
  };
  for (const signal of STOPPING) process.on(signal, stop);
  // Who reads this may stop it from now on.
  process.stdout.write(`refund-graph is ready: ${app.url}/graphql\n`);
} catch (error) {
  endWith(error);
}
