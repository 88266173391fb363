/** Keeps the state on disk. Changes that come together share one write. */
import { chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Store {
  /** Resolves when everything that is known now is on disk. Rejects when it could not be written. */
  readonly saved: () => Promise<void>;
  /** Has the state written soon, waiting for nobody. */
  readonly touch: () => void;
  readonly close: () => Promise<void>;
}

/** How long a change that nobody waits for may stay unwritten, in ms. */
const SOON = 100;

/** Makes the sandbox's folder, and makes it and the files in it private to their owner: they hold keys. */
export async function openFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  await Promise.all(files.map((file) => chmod(file, 0o600).catch(unlessAway)));
}

/** Another sandbox in this folder may just have renamed its draft. */
function unlessAway(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

/**
 * Writes a file that its owner alone can read. A reader finds the old text or the new one, never a part of
 * one.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}

/** A store over a file; without a file nothing is kept. `print` gives the state as it is at that moment. */
export function openStore(file: string | undefined, print: () => string, log: (line: string) => void): Store {
  if (file === undefined) return { saved: async () => {}, touch: () => {}, close: async () => {} };
  let running: Promise<void> | null = null;
  let waiting: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const write = (): Promise<void> => {
    const mine = writeWhole(file, print()).finally(() => {
      if (running === mine) running = null;
    });
    running = mine;
    return mine;
  };

  const saved = (): Promise<void> => {
    if (!running) return write();
    // What is being written may be older than the latest change. All who come meanwhile share the next write.
    waiting ??= running
      .catch(() => {})
      .then(() => {
        waiting = null;
        return write();
      });
    return waiting;
  };

  const touch = (): void => {
    if (closed) return;
    timer ??= setTimeout(() => {
      timer = null;
      saved().catch((error: unknown) => log(`The sandbox could not write ${file}: ${String(error)}`));
    }, SOON);
  };

  return {
    saved,
    touch,
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      timer = null;
      await saved();
    },
  };
}
