/** The sandbox as a program of its own, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach } from 'vitest';
import { PROVIDERS } from '../../../src/sandbox/model.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Whether a port of loopback is free. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    await once(server.close(), 'close');
    return true;
  } catch {
    return false;
  }
}

/**
 * The first of free ports in a row for all providers and the control server, below the range that the system
 * gives out by itself.
 */
export async function freePorts(): Promise<number> {
  const count = PROVIDERS.length + 1;
  for (let first = 20_000 + (process.pid % 10_000); ; first += count) {
    const free = await Promise.all(Array.from({ length: count }, (_, nth) => isFree(first + nth)));
    if (free.every(Boolean)) return first;
  }
}

export interface Program {
  readonly child: ChildProcess;
  /** All that it has printed. */
  readonly said: () => string;
  /** Exit code and signal, when it has ended. */
  readonly ended: Promise<unknown>;
}

/** Starts it and waits until it has said how to use it, or has ended. */
export async function run(folder: string, port: string): Promise<Program> {
  const env = { ...process.env, HOST: '127.0.0.1', DATA_DIR: folder, SANDBOX_PORT: port };
  const child = spawn(process.execPath, ['src/sandbox/main.ts'], { env });
  started.push(child);
  let text = '';
  const ended = once(child, 'exit');
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('npm start')) resolve();
      });
    }
  });
  await Promise.race([ready, ended]);
  return { child, said: () => text, ended };
}
