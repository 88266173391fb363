/**
 * An embedded database with all tables, made once for an installation (`scripts/prepare-ledger.ts`) and
 * copied into each new data folder: to make one takes seconds.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const MIGRATIONS = join(import.meta.dirname, 'database', 'migrations');
/** Those whose versions decide what the files of a database are like. */
const MAKERS = ['@electric-sql/pglite', 'pg-boss'] as const;

/** Where the template of this version is kept, whether or not it is there. Each version has its own place. */
export function templatePlace(): string {
  const hash = createHash('sha256');
  for (const name of MAKERS) hash.update(readFileSync(join(ROOT, 'node_modules', name, 'package.json')));
  for (const file of readdirSync(MIGRATIONS).toSorted()) hash.update(readFileSync(join(MIGRATIONS, file)));
  const version = hash.digest('hex').slice(0, 16);
  return join(ROOT, 'node_modules', '.cache', 'refund-graph', `ledger-template-${version}`);
}

/**
 * Puts a copy of the template where a database is to be, if there is none yet and there is a template. All of
 * it is on the disk before it has its name: a database that was half copied is none.
 */
export async function copyTemplate(folder: string): Promise<void> {
  const template = templatePlace();
  if (existsSync(folder) || !existsSync(template)) return;
  const copying = `${folder}.copying`;
  rmSync(copying, { recursive: true, force: true });
  cpSync(template, copying, { recursive: true });
  await syncAll(copying);
  renameSync(copying, folder);
  await sync(join(folder, '..'));
}

async function syncAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  const left = [folder, ...paths].values();
  const work = async (): Promise<void> => {
    for (const path of left) await sync(path);
  };
  await Promise.all(Array.from({ length: SYNCED_AT_ONCE }, work));
}

const SYNCED_AT_ONCE = 8;

async function sync(path: string): Promise<void> {
  await using handle = await open(path);
  await handle.sync();
}
