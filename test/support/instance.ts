/** A server as a process of its own, that can be killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Instance {
  readonly url: string;
  /** All that it has written so far. */
  readonly said: () => string;
  /** SIGKILL: no goodbye. Resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** SIGTERM: as an operator stops it. Its exit code, or null when a signal ended it. */
  readonly stop: () => Promise<number | null>;
}

/**
 * Runs `npm start` with these variables and waits until it is ready. Rejects with its output if it ends
 * instead.
 */
export async function startInstance(variables: Readonly<Record<string, string>>): Promise<Instance> {
  const env = { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'error', AUTH: 'none', ...variables };
  const child = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return { url, said: () => said, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') };
}
