/** Folders on disk that nobody but their owner can read or write: 0700, and 0600 for files. */
import { chmodSync, statSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Bits of a mode that let anybody but the owner in. */
export const OTHERS = 0o077;

/**
 * Makes a folder with those above it that are missing, all of them private. One that is there is left as it
 * is.
 */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
}

/**
 * Makes a folder and everything in it private, whatever modes an older version left. Does not follow links in
 * it.
 */
export function mendFolder(folder: string): void {
  setMode(folder, FOLDER_MODE);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) mendFolder(path);
    else if (entry.isFile()) setMode(path, FILE_MODE);
  }
}

/** What stands in DATA_DIR, as long as nobody puts something else there. */
const OURS: ReadonlySet<string> = new Set(['ledger', 'sandbox']);

/**
 * Makes DATA_DIR private, and makes it where it is missing. One that holds other things too is somebody's
 * folder, not ours, and keeps its mode; so does one of another owner (a mounted volume). What is ours in it
 * is private by itself.
 */
export function ownDataDir(dataDir: string): void {
  makePrivateFolder(dataDir);
  const isOurs = statSync(dataDir).uid === process.getuid?.() && readdirSync(dataDir).every((name) => OURS.has(name));
  if (isOurs) setMode(dataDir, FOLDER_MODE);
}

function setMode(path: string, mode: number): void {
  if ((statSync(path).mode & 0o777) !== mode) chmodSync(path, mode);
}
