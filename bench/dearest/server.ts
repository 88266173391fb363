/**
 * A server of its own process, which tells its parent what a request has cost: processor time, and the most
 * of it between two turns of the event loop. Time that other processes took is not counted.
 */
import { startApp } from '../../src/app.ts';
import { loadConfiguration } from '../../src/config/configuration.ts';

const LOOK_MS = 2;

const app = await startApp(loadConfiguration());
let began = process.cpuUsage();
let turned = began;
let heldMs = 0;

const millisecondsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};
function look(): void {
  heldMs = Math.max(heldMs, millisecondsSince(turned));
  turned = process.cpuUsage();
}
setInterval(look, LOOK_MS);

process.on('message', (told) => {
  if (told === 'heap') {
    globalThis.gc?.();
    process.send?.({ heap: process.memoryUsage().heapUsed, rss: process.memoryUsage().rss });
    return;
  }
  if (told === 'begin') {
    began = process.cpuUsage();
    turned = began;
    heldMs = 0;
  } else look();
  process.send?.({ cpuMs: millisecondsSince(began), heldMs });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url: app.url });
