/** The samples of the docs in a real nginx and a real HAProxy, in front of servers of the test's own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.ts';

export interface Proxy {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Debian keeps them where ordinary users do not look. */
const programOf = (name: string): string | undefined =>
  [name, `/usr/sbin/${name}`].find((path) => spawnSync(path, ['-v']).status === 0);

/** A sample with these servers in place of its own two, on this port. */
function sampleWith(file: string, hosts: readonly string[], listens: readonly [from: string, to: string]): string {
  const text = readFileSync(join(import.meta.dirname, '../../docs', file), 'utf8');
  const [from, to] = listens;
  if (!text.includes(from)) throw new Error(`docs/${file} has no ${from}`);
  let servers = 0;
  const replaced = text
    .replace(from, to)
    .replaceAll(
      /^( *server (?:first\S* )?)10\.0\.0\.11:4000(.*)\n *server (?:second\S* )?10\.0\.0\.12:4000.*$/gm,
      (_, begin: string, end: string) => {
        servers += 1;
        return hosts.map((host, nth) => `${begin.replace('first', `number${nth}`)}${host}${end}`).join('\n');
      },
    );
  if (servers === 0) throw new Error(`docs/${file} has not the two servers`);
  return replaced;
}

/** Runs a proxy until it is stopped. Rejects with what it says when it ends instead of listening. */
async function run(
  program: string,
  options: readonly string[],
  place: { readonly port: number; readonly folder: string },
): Promise<Proxy> {
  const child = spawn(program, options, { cwd: place.folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${place.port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${said}`);
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
      rmSync(place.folder, { recursive: true, force: true });
    },
  };
}

const newPlace = async () => ({ folder: mkdtempSync(join(tmpdir(), 'refund-graph-proxy-')), port: await freePort() });

async function startNginx(program: string, hosts: readonly string[]): Promise<Proxy> {
  const place = await newPlace();
  const { folder, port } = place;
  const sample = sampleWith('nginx.conf', hosts, ['listen 80;', `listen 127.0.0.1:${port};`]);
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
  return run(program, ['-e', 'stderr', '-p', folder, '-c', main], place);
}

async function startHaproxy(program: string, hosts: readonly string[]): Promise<Proxy> {
  const place = await newPlace();
  const file = join(place.folder, 'haproxy.cfg');
  writeFileSync(file, sampleWith('haproxy.cfg', hosts, ['bind :80', `bind 127.0.0.1:${place.port}`]));
  return run(program, ['-db', '-f', file], place);
}

/** Each proxy of the docs; `start` is null where it is not installed. */
export const PROXIES = [
  { name: 'nginx', sample: 'docs/nginx.conf', start: startNginx },
  { name: 'haproxy', sample: 'docs/haproxy.cfg', start: startHaproxy },
].map(({ name, sample, start }) => {
  const program = programOf(name);
  return {
    name,
    sample,
    absent: program === undefined ? ` (skipped: ${name} is not installed)` : '',
    start: (hosts: readonly string[]) => {
      if (program === undefined) throw new Error(`${name} is not installed`);
      return start(program, hosts);
    },
  };
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
