/** `/health/live` and `/health/ready`: is the process alive, can it serve. */

/** One thing that must work before requests are served; resolves with what is wrong, or null. */
export type ReadinessCheck = () => Promise<string | null>;

/** Alive: the event loop turns. */
export const live = { status: 200, body: { status: 'live' } } as const;

/** Ready: every check passes and no stop is under way. The body is JSON and names what is not ready. */
export async function ready(checks: readonly ReadinessCheck[], stopping: boolean) {
  if (stopping) return { status: 503, body: { status: 'not ready', notReady: ['the server is stopping'] } };
  const problems = (await Promise.all(checks.map((check) => check()))).filter((problem) => problem !== null);
  return problems.length === 0
    ? { status: 200, body: { status: 'ready' } }
    : { status: 503, body: { status: 'not ready', notReady: problems } };
}
