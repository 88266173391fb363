/**
 * Real server processes: started, killed in the middle of their work, started again on the same port, and
 * stopped in the end.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface Instance {
  readonly number: number;
  /** `http://127.0.0.1:PORT`, the same after every start. */
  readonly url: string;
  readonly isReady: () => boolean;
  /**
   * Begins a start. `ready` resolves when it serves, or when it was killed before. Throws when it ended by
   * itself.
   */
  readonly start: () => { readonly ready: Promise<void> };
  /** SIGKILL, and waits until the process is gone. */
  readonly kill: () => Promise<void>;
  /** Kills it for good: a start that comes later does nothing, and is never ready. */
  readonly end: () => Promise<void>;
  /** Stops the process in its tracks, or lets it go on as if no time had passed. */
  readonly freeze: (frozen: boolean) => void;
  /** SIGTERM; the exit code, null when it had to be killed. */
  readonly stop: () => Promise<number | null>;
}

export interface InstanceOptions {
  readonly number: number;
  readonly port: number;
  /** The server's environment: nothing of ours passes but PATH. */
  readonly variables: Readonly<Record<string, string>>;
  /** What it prints is appended here. */
  readonly logFile: string;
}

const ROOT = join(import.meta.dirname, '..', '..');
const READY = 'refund-graph is ready';
/** A start on a machine that has much else to do. */
const START_MS = 180_000;
const STOP_MS = 20_000;
/** Characters of a start's output that are looked at. */
const MOST_SAID = 100_000;

export function instanceOf({ number, port, variables, logFile }: InstanceOptions): Instance {
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  let ready = false;
  let over = false;

  function start(): { readonly ready: Promise<void> } {
    if (over) return { ready: Promise.withResolvers<void>().promise };
    const started = spawn(process.execPath, ['src/main.ts'], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOST: '127.0.0.1',
        PORT: String(port),
        PUBLIC_URL: url,
        // All clients of the bench are one caller.
        CALLER_REFUNDS: '1000000',
        CALLER_PROVIDER_CALLS: '1000000',
        CALLER_DATABASE_MS: '100000000',
        AUTH: 'none',
        LOG_LEVEL: 'warn',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    const exited = once(started, 'exit');
    let said = '';
    const saidReady = new Promise<void>((resolve) => {
      for (const stream of [started.stdout, started.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          appendFileSync(logFile, chunk);
          if (said.length < MOST_SAID) said += chunk.toString();
          if (said.includes(READY)) resolve();
        });
      }
    });
    return { ready: whenReady(started, exited, saidReady, () => said) };
  }

  async function whenReady(
    started: ChildProcess,
    exited: Promise<unknown>,
    saidReady: Promise<void>,
    said: () => string,
  ): Promise<void> {
    const outcome = await Promise.race([
      saidReady.then(() => 'ready' as const),
      exited.then(() => 'ended' as const),
      pause(START_MS, 'late' as const, { ref: false }),
    ]);
    if (outcome === 'ready' && started.signalCode === null) ready = true;
    if (outcome === 'ready' || started.signalCode === 'SIGKILL') return;
    // It was killed by something else on this machine, or lost the database: start it again, as a supervisor
    // would.
    const isOthersFault = started.signalCode === 'SIGTERM' || said().includes('The ledger database does not answer');
    if (outcome === 'ended' && isOthersFault) return start().ready;
    const how = `${outcome}, exit code ${started.exitCode}, signal ${started.signalCode}`;
    throw new Error(`instance ${number} did not start (${how}):\n${said()}`);
  }

  async function kill(): Promise<void> {
    ready = false;
    const killed = child;
    if (killed === null || killed.exitCode !== null || killed.signalCode !== null) return;
    const exited = once(killed, 'exit');
    killed.kill('SIGKILL');
    await exited;
  }

  async function stop(): Promise<number | null> {
    const stopped = child;
    if (stopped === null || !ready) return null;
    ready = false;
    if (stopped.exitCode !== null || stopped.signalCode !== null) return stopped.exitCode;
    const exited = once(stopped, 'exit');
    stopped.kill('SIGTERM');
    const last = setTimeout(() => stopped.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(last);
    return stopped.exitCode;
  }

  function end(): Promise<void> {
    over = true;
    return kill();
  }

  const freeze = (frozen: boolean): void => void child?.kill(frozen ? 'SIGSTOP' : 'SIGCONT');

  return { number, url, isReady: () => ready, start, kill, end, freeze, stop };
}

/** So many free ports of loopback, below those that the system assigns by itself. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const free: number[] = [];
  for (let port = 15_000 + (process.pid % 10_000); free.length < count; port += 1) {
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      await once(server.close(), 'close');
      free.push(port);
    } catch {
      // Taken: the next one.
    }
  }
  return free;
}
