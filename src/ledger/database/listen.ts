/** Hearing what is told on a channel of the database (`listen`), on either kind. */
import type { PGlite } from '@electric-sql/pglite';
import type pg from 'pg';
import { unlessGone } from './errors.ts';

/**
 * Hears what is told on a channel until the returned function is called, which must be before the ledger is
 * closed. `lost` is called once if the connection breaks; then nothing more is heard, and the caller listens
 * anew.
 */
export type Listen = (channel: string, heard: () => void, lost: () => void) => Promise<() => Promise<void>>;

/** Holds one connection of the pool for as long as it listens. */
export const postgresListen =
  (pool: pg.Pool): Listen =>
  async (channel, heard, lost) => {
    const client = await unlessGone(pool.connect());
    let listening = true;
    const stop = (): boolean => {
      if (!listening) return false;
      listening = false;
      // A connection that has listened is not given to others.
      client.release(true);
      return true;
    };
    client.on('error', () => {
      if (stop()) lost();
    });
    client.on('notification', () => {
      if (listening) heard();
    });
    try {
      await unlessGone(client.query(`listen ${client.escapeIdentifier(channel)}`));
    } catch (error) {
      stop();
      throw error;
    }
    return () => {
      stop();
      return Promise.resolve();
    };
  };

/**
 * Asks through the pool, so that the `listen` can't fall into somebody's transaction and be undone with it.
 */
export const embeddedListen =
  (pool: pg.Pool, lite: PGlite): Listen =>
  async (channel, heard) => {
    await unlessGone(pool.query(`listen "${channel.replaceAll('"', '""')}"`));
    const forget = lite.onNotification((told) => {
      if (told === channel) heard();
    });
    return () => Promise.resolve(forget());
  };
