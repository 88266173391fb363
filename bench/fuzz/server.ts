/** A server of its own process, which tells its heap after a collection when it is asked. */
import { startApp } from '../../src/app.ts';
import { loadConfiguration } from '../../src/config/configuration.ts';

const app = await startApp(loadConfiguration());
process.on('message', () => {
  globalThis.gc?.();
  process.send?.({ heap: process.memoryUsage().heapUsed });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url: app.url });
