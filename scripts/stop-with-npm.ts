/**
 * Loaded before a program that npm runs. npm gives SIGTERM to its shell. Most shells end by it and pass
 * nothing on, so the program would be left behind: it is stopped as if it had got the signal itself.
 */
import process from 'node:process';

const shell = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === shell) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
}, 200);
watch.unref();
