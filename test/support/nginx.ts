/** The sample of the docs in a real nginx, in front of servers of the test's own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.ts';

const SAMPLE = join(import.meta.dirname, '../../docs/nginx.conf');
/** Debian keeps it where ordinary users do not look. */
const PROGRAM = ['nginx', '/usr/sbin/nginx'].find((path) => spawnSync(path, ['-v']).status === 0);

/** Whether there is an nginx here. */
export const hasNginx = PROGRAM !== undefined;

export interface Nginx {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts the sample with these two addresses in place of its own, on a free port. */
export async function startNginx(first: string, second: string): Promise<Nginx> {
  if (PROGRAM === undefined) throw new Error('nginx is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-nginx-'));
  const port = await freePort();
  const replaced = [
    ['10.0.0.11:4000', first],
    ['10.0.0.12:4000', second],
    ['listen 80;', `listen 127.0.0.1:${port};`],
  ] as const;
  const sample = replaced.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`docs/nginx.conf has no ${from}`);
      return text.replace(from, to);
    },
    readFileSync(SAMPLE, 'utf8'),
  );
  writeFileSync(join(folder, 'refund-graph.conf'), sample);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const main = join(folder, 'nginx.conf');
  writeFileSync(
    main,
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
     events { worker_connections 256; }
     http { access_log off; ${temporary.join(' ')} include ${folder}/refund-graph.conf; }`,
  );
  const child = spawn(PROGRAM, ['-e', 'stderr', '-p', folder, '-c', main], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${said}`);
    return fetch(`${url}/metrics`).then(
      () => true,
      () => false,
    );
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
