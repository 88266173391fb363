// npm gives SIGTERM to its shell. Most shells end by it and pass nothing on, so the server would be left behind:
// it stops as if it had got the signal itself.
const shell = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === shell) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
}, 200);
watch.unref();
