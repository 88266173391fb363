/** The embedded database in a data folder: PGlite that survives a power cut, held by one process. */
import { fdatasyncSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { DataDirInUseError } from './errors.ts';

export interface Embedded {
  readonly lite: PGlite;
  readonly close: () => Promise<void>;
}

/**
 * Opens the database of a data folder, made when it is missing. Throws DataDirInUseError when another process has it:
 * two writers on one folder destroy it.
 */
export async function openEmbedded(dataDir: string): Promise<Embedded> {
  mkdirSync(dataDir, { recursive: true });
  const lock = lockFolder(dataDir);
  try {
    const lite = await PGlite.create({ fs: new SyncedFolder(join(dataDir, 'ledger')), startParams: SYNCED });
    return {
      lite,
      close: async () => {
        await lite.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** A lock that the system itself frees when the process ends, however it ends: SQLite holds one on its file. */
function lockFolder(dataDir: string): DatabaseSync {
  const lock = new DatabaseSync(join(dataDir, 'ledger.lock'));
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && error.message.includes('locked')) throw new DataDirInUseError(dataDir);
    throw error;
  }
}

/** PGlite starts with `-F` (no fsync), and only `fsync` reaches the file system: its fdatasync is empty. */
const SYNCED = [...PGlite.defaultStartParams.filter((param) => param !== '-F'), '-c', 'wal_sync_method=fsync'];

type Init = NonNullable<PGliteOptions['fs']>['init'];
type ModuleOptions = Parameters<Init>[1];
type Preparation = NonNullable<ModuleOptions['preRun']>[number];

/** PGlite's folder on disk, where fsync is one fdatasync: a commit is on the disk before it is acknowledged. */
class SyncedFolder extends NodeFS {
  override async init(lite: PGlite, options: ModuleOptions): Promise<{ emscriptenOpts: ModuleOptions }> {
    const { emscriptenOpts } = await super.init(lite, options);
    const prepare: Preparation = (module) => {
      const streams = partOf(module, 'NODEFS', 'stream_ops');
      Reflect.set(streams, 'fsync', ({ nfd }: { readonly nfd: number }) => {
        fdatasyncSync(nfd);
        return 0;
      });
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), prepare] } };
  }
}

/** A part of PGlite's inside, which has no types. */
function partOf(whole: object, ...path: readonly string[]): object {
  return path.reduce((part: object, name) => {
    const next: unknown = Reflect.get(part, name);
    if (typeof next === 'object' && next !== null) return next;
    throw new Error(`PGlite changed inside: there is no ${path.join('.')}, so its commits can't be made durable`);
  }, whole);
}
