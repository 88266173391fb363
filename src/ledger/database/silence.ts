/**
 * A database that has fallen silent (a lost network, a stopped machine) counts as gone. Nothing tells the
 * driver: a statement would wait for minutes, and so would every statement behind it. So when a statement
 * waits and no byte comes, the database is asked over a connection of its own. If that gets no answer either,
 * all connections are cut.
 */
import pg from 'pg';
import { createSockets, type Sockets } from './sockets.ts';

const LOOK_EVERY_MS = 1_000;
/** So many looks without a byte from the database, while somebody waits for one. */
const QUIET_LOOKS = 4;
/**
 * How long the database may take to answer the question whether it is there, connecting included, in
 * milliseconds.
 */
const ANSWER_MS = 5_000;

/** Watches until the returned function is called. */
export function cutWhenSilent(pool: pg.Pool, sockets: Sockets, connectionString: string): () => void {
  let quiet = 0;
  let isAsking = false;

  async function look(): Promise<void> {
    const isAwaited = pool.totalCount > pool.idleCount || pool.waitingCount > 0;
    quiet = sockets.heard() || !isAwaited ? 0 : quiet + 1;
    if (quiet < QUIET_LOOKS || isAsking) return;
    isAsking = true;
    const isThere = await answers(connectionString);
    isAsking = false;
    quiet = 0;
    if (!isThere) sockets.cut();
  }

  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function answers(connectionString: string): Promise<boolean> {
  const own = createSockets();
  const late = setTimeout(own.cutForGood, ANSWER_MS);
  try {
    const client = new pg.Client({ connectionString, stream: own.open });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    // Whoever refuses (too many connections, another password) is there.
    return error instanceof pg.DatabaseError;
  } finally {
    clearTimeout(late);
    own.cutForGood();
  }
}
