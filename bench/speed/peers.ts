/** Other servers that do the same: bench/peers, installed into a folder of their own when needed first. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess, type Process } from './processes.ts';
import { LIST_PATH } from './records.ts';

const SOURCE = join(import.meta.dirname, '..', 'peers');
/** Where nothing that looks at our code looks. */
const INSTALLED = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'peers');
const LOCK = 'package-lock.json';

export const PEERS = ['mercurius', 'yoga', 'apollo'] as const;
export type Peer = (typeof PEERS)[number];

/**
 * Starts one over the provider at this address. The first start installs all of them, from their lock file.
 */
export function startPeer(peer: Peer, upstream: string): Promise<Process> {
  const isInstalled = existsSync(join(INSTALLED, 'node_modules', 'mercurius')) && isSame(LOCK);
  cpSync(SOURCE, INSTALLED, { recursive: true });
  if (!isInstalled) execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: INSTALLED, stdio: 'inherit' });
  return startProcess([`${peer}.js`], { UPSTREAM: upstream, LIST_PATH, NODE_ENV: 'production' }, INSTALLED);
}

const isSame = (file: string): boolean =>
  existsSync(join(INSTALLED, file)) &&
  readFileSync(join(INSTALLED, file), 'utf8') === readFileSync(join(SOURCE, file), 'utf8');
