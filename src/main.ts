/** The process: start, signals, stop. */
import { startApp } from './app.ts';
import { endWith } from './commands/operator-error.ts';
import { loadConfiguration } from './config/configuration.ts';

/** A stop that hangs is ended after this many milliseconds. */
const LAST_RESORT_MS = 9_500;

try {
  const app = await startApp(loadConfiguration());
  const stop = () => {
    process.off('SIGTERM', stop).off('SIGINT', stop);
    setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
    void app.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // Who reads this may stop it from now on.
  process.stdout.write(`refund-graph is ready: ${app.url}/graphql\n`);
} catch (error) {
  endWith(error);
}
