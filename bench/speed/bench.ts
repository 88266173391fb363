/** What every line of the bench is given, and the servers that several of them use. */
import { join } from 'node:path';
import { load, type LoadOptions, type Request } from './load.ts';
import type { Database, Postgres } from './postgres.ts';
import { startPeer, type Peer } from './peers.ts';
import { startProcess, type Process } from './processes.ts';
import { startProduct, type Product, type ProductOptions } from './product.ts';
import { profiled, type Profile } from './profile.ts';
import type { Contestant, Rounds, Standing } from './rounds.ts';
import { openCounter, type Counter } from './statements.ts';

export interface Row extends Standing {
  /** What else is to be said of it, beside its name. */
  readonly note?: string;
}

export interface Bench {
  readonly postgres: Postgres;
  readonly rounds: Rounds;
  readonly upstream: Process;
  /** Servers beside the bare one and the product: none when they are left out. */
  readonly peers: readonly Peer[];
  /** The embedded database, too. */
  readonly embedded: boolean;
  /** Hears the profile of a contestant that was asked for; null: none was. */
  readonly profile: ((name: string, profile: Profile) => void) | null;
}

const here = (file: string): string => join(import.meta.dirname, file);

export const startUpstream = (): Promise<Process> => startProcess([here('upstream.ts')], {});

/** Servers of one line, stopped with their databases when it ends. */
export class Servers implements AsyncDisposable {
  readonly #bench: Bench;
  readonly #stack = new AsyncDisposableStack();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** A bare server with a database of its own. */
  async bare(): Promise<Process & { readonly database: Database }> {
    const database = await this.#database('bare');
    const variables = { UPSTREAM: this.#bench.upstream.url, DATABASE_URL: database.url };
    const server = await startProcess([here('bare.ts')], variables);
    this.#stack.defer(server.stop);
    return { ...server, database };
  }

  /** A peer, over the same provider. */
  async peer(name: Peer): Promise<Process> {
    const server = await startPeer(name, this.#bench.upstream.url);
    this.#stack.defer(server.stop);
    return server;
  }

  /** The product, on PostgreSQL or embedded. */
  async product(
    kind: 'postgres' | 'embedded',
    options: Pick<ProductOptions, 'behaviour'> = {},
  ): Promise<Product & { readonly database: Database | null }> {
    const database = kind === 'postgres' ? await this.#database('product') : null;
    const node = this.#bench.profile === null ? [] : ['--inspect=127.0.0.1:0'];
    const server = await startProduct({ database, upstream: this.#bench.upstream.url, node, ...options });
    this.#stack.defer(server.stop);
    return { ...server, database };
  }

  /** The product behind a counter of what it says to PostgreSQL. */
  async counted(): Promise<Product & { readonly database: Database; readonly counter: Counter }> {
    const database = await this.#database('counted');
    const counter = await openCounter(database.url);
    this.#stack.defer(counter.close);
    const server = await startProduct({
      database: { ...database, url: counter.url },
      upstream: this.#bench.upstream.url,
    });
    this.#stack.defer(server.stop);
    return { ...server, database, counter };
  }

  async #database(word: string): Promise<Database> {
    const database = await this.#bench.postgres.database(word);
    this.#stack.defer(database.drop);
    return database;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

export type Questions = Omit<LoadOptions, 'url' | 'seconds'>;

/** A server that answers these questions. */
export function asked(
  bench: Bench,
  name: string,
  server: Process & { readonly database?: Database | null },
  questions: Questions,
): Contestant {
  const { database = null } = server;
  const run: Contestant['run'] = (seconds) => load({ url: server.url, seconds, ...questions });
  return {
    name,
    pid: server.pid,
    ...(database !== null && { databaseCpu: database.cpu }),
    run:
      bench.profile === null || server.inspector === null
        ? run
        : profiled(server.inspector, run, (seen) => bench.profile?.(name, seen)),
  };
}

/** One question, answered. */
export async function answerTo(server: Process, { path, method, headers, body }: Request): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    ...(headers !== undefined && { headers }),
    ...(body !== undefined && { body }),
  });
  return response.json();
}
