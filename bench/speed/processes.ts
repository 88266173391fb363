/** Server processes of the bench, and what the operating system says of their processor time and memory. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly url: string;
  /** When it was spawned, on the bench's own monotonic clock in milliseconds. */
  readonly spawnedAt: number;
  /** Where its inspector listens; null where it was not asked for one. */
  readonly inspector: string | null;
  /** SIGTERM, then SIGKILL if it does not end by that. */
  readonly stop: () => Promise<void>;
}

/** Time for a start on a machine that has much else to do, in milliseconds. */
const START_MS = 120_000;
const STOP_MS = 12_000;

/**
 * Starts Node with these words and waits for a line with its address, `…ready: http://…`. Throws with its
 * output when it ends instead.
 */
export async function startProcess(
  words: readonly string[],
  variables: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<Process> {
  const spawnedAt = performance.now();
  const child = spawn(process.execPath, words, {
    env: { PATH: process.env['PATH'] ?? '', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  running.add(child);
  const ended = once(child, 'exit').finally(() => running.delete(child));
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready: ${said}`)), START_MS);
    const hear = (chunk: Buffer): void => {
      if (said.length < 100_000) said += chunk.toString();
      const [, found] = /ready: (http:\/\/[^\s/]+)/.exec(said) ?? [];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`it ended: ${said}`)));
  });
  let isStopping = false;
  child.once('exit', (code) => {
    if (!isStopping) process.stderr.write(`${words.join(' ')} ended with ${code}: ${said.slice(-2_000)}\n`);
  });
  return {
    pid: child.pid ?? 0,
    url,
    spawnedAt,
    inspector: /Debugger listening on (ws:\S+)/.exec(said)?.[1] ?? null,
    stop: async () => {
      isStopping = true;
      child.kill('SIGTERM');
      const last = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(last);
    },
  };
}

const running = new Set<ChildProcess>();

/** Ends what is left when the bench itself ends. */
export const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** Clock ticks of Linux are hundredths of a second. */
const TICK_US = 10_000;

/** Processor time of a process so far, user and system, in microseconds; 0 when it is gone. */
export function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  } catch {
    return 0;
  }
}
