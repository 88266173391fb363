/**
 * Statements that PostgreSQL plans once for each connection: it knows them by a name then. That is half of
 * what a small statement costs.
 */
import type pg from 'pg';

/**
 * Whether statements have names. auto: where the connection leads to PostgreSQL itself. A pooler may give the
 * next transaction another connection, which does not know the name.
 */
export type Preparing = 'auto' | 'yes' | 'no';

/** Different statements that get a name; each takes memory on every connection for as long as it lasts. */
const MOST_NAMES = 500;

/** The names of one pool's statements. */
export function createStatementNames(preparing: Preparing) {
  const names = new Map<string, string>();
  const direct = new WeakSet<object>();
  let generation = 0;
  return {
    /**
     * Notes whether a new connection leads to PostgreSQL itself: a pooler tells its clients another process
     * number than that of the server process.
     */
    connected: async (client: pg.ClientBase): Promise<void> => {
      if (preparing === 'no') return;
      const told: unknown = Reflect.get(client, 'processID');
      const { rows } = await client.query<{ readonly pid: number }>('select pg_backend_pid() as pid');
      if (preparing === 'yes' || rows[0]?.pid === told) direct.add(client);
    },
    /** The name of a statement on a connection; null: it is sent without one. */
    nameOf: (client: object, text: string): string | null => {
      if (!direct.has(client)) return null;
      const known = names.get(text);
      if (known !== undefined) return known;
      if (names.size >= MOST_NAMES) return null;
      const name = `s${generation}_${names.size}`;
      names.set(text, name);
      return name;
    },
    /** After a plan turned out to be out of date: all statements are planned anew under other names. */
    renew: (): void => {
      names.clear();
      generation += 1;
    },
  };
}

export type StatementNames = ReturnType<typeof createStatementNames>;
