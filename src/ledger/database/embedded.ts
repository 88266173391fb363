/**
 * The embedded database in a data folder: PGlite that survives a power cut, held by one process, private to
 * its user.
 */
import { fdatasyncSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { DataDirInUseError } from './errors.ts';
import { copyTemplate } from '../template.ts';
import { makePrivateFolder, mendFolder, OTHERS } from './private-folder.ts';

/**
 * Opens the database of a data folder, made when it is missing. Throws DataDirInUseError when another process
 * has it: two writers on one folder destroy it. Whatever modes the folder's files had, only their owner can
 * read and write them then.
 */
export async function openEmbedded(dataDir: string) {
  const folder = join(dataDir, 'ledger');
  makePrivateFolder(dataDir);
  const lock = lockFolder(dataDir);
  try {
    await copyTemplate(folder);
    makePrivateFolder(folder);
    mendFolder(dataDir);
    const lite = await PGlite.create({ fs: new SyncedFolder(folder), startParams: SYNCED });
    return {
      lite,
      close: async (): Promise<void> => {
        await lite.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * A lock that the system itself frees when the process ends, however it ends: SQLite holds one on its file.
 */
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

type ModuleOptions = Parameters<NonNullable<PGliteOptions['fs']>['init']>[1];

/**
 * PGlite's folder on disk. fsync is one fdatasync there: a commit is on the disk before it is acknowledged.
 * PGlite asks for files that everybody may write, and sets their modes itself, past the umask of the process:
 * those bits are taken from it.
 */
class SyncedFolder extends NodeFS {
  override async init(lite: PGlite, options: ModuleOptions): Promise<{ emscriptenOpts: ModuleOptions }> {
    const { emscriptenOpts } = await super.init(lite, options);
    const prepare: NonNullable<ModuleOptions['preRun']>[number] = (module) => {
      const streams = partOf(module, 'NODEFS', 'stream_ops');
      Reflect.set(streams, 'fsync', ({ nfd }: { readonly nfd: number }) => {
        fdatasyncSync(nfd);
        return 0;
      });
      makePrivately(partOf(module, 'NODEFS', 'node_ops'));
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), prepare] } };
  }
}

/**
 * Takes the modes that PGlite gives to new files and folders, and those that it sets later, from everybody
 * but the owner.
 */
function makePrivately(operations: object): void {
  wrap(operations, 'mknod', (parent, name, mode, ...rest) => [parent, name, closed(mode), ...rest]);
  wrap(operations, 'setattr', (node, attributes) => {
    if (typeof attributes !== 'object' || attributes === null || !('mode' in attributes)) return [node, attributes];
    return [node, { ...attributes, mode: closed(attributes.mode) }];
  });
}

const closed = (mode: unknown): unknown => (typeof mode === 'number' ? mode & ~OTHERS : mode);

/** Puts `given` between an operation and whoever calls it. */
function wrap(operations: object, name: string, given: (...values: unknown[]) => unknown[]): void {
  const operation: unknown = Reflect.get(operations, name);
  if (typeof operation !== 'function') {
    throw new Error(`PGlite changed inside: there is no ${name}, so its files can't be made private`);
  }
  Reflect.set(operations, name, (...values: unknown[]): unknown => {
    const answer: unknown = Reflect.apply(operation, operations, given(...values));
    return answer;
  });
}

/** A part of PGlite's inside, which has no types. */
function partOf(whole: object, ...path: readonly string[]): object {
  return path.reduce((part: object, name) => {
    const next: unknown = Reflect.get(part, name);
    if (typeof next === 'object' && next !== null) return next;
    throw new Error(
      `PGlite changed inside: there is no ${path.join('.')}, so its commits can't be made durable and its files not private`,
    );
  }, whole);
}
