/** A server as a process of its own, that can be killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Instance {
  readonly url: string;
  /** All that it has written so far. */
  readonly said: () => string;
  /** SIGKILL: no goodbye. Resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** As an operator stops it, by SIGTERM when left out. Its exit code, or null when a signal ended it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
  /** Sends a signal that does not end it. */
  readonly signal: (signal: NodeJS.Signals) => void;
}

/**
 * Runs the server with these variables and waits until it is ready. Rejects with its output if it ends
 * instead. `command` runs it: Node by itself when left out.
 */
export async function startInstance(
  variables: Readonly<Record<string, string>>,
  command: readonly [program: string, ...options: string[]] = [process.execPath, 'src/main.ts'],
): Promise<Instance> {
  const env = { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'error', AUTH: 'none', ...variables };
  const [program, ...options] = command;
  const child = spawn(program, options, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, found] = /is ready: (http\S+)\/graphql/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`the server ended: ${said}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return {
    url,
    said: () => said,
    kill: async () => void (await end('SIGKILL')),
    stop: (signal = 'SIGTERM') => end(signal),
    signal: (signal) => void child.kill(signal),
  };
}
