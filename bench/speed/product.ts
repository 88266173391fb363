/** The product as a process of the bench: identity, limits, masking, metrics and the log are on. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNotifier, type Notifier } from '../../test/support/notices.ts';
import type { Database } from './postgres.ts';
import { startProcess, type Process } from './processes.ts';
import { ACCOUNTS, accountName, CREATE_PATH } from './records.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SECRET = 'a secret of the bench, which nobody else believes';
const SCOPES = ['refunds:read', 'refunds:write', 'refunds:operate', 'refunds:raw'];

/** Nothing runs by itself: neither copies of lists nor queries about unfinished refunds. */
const QUIET = {
  mirror: { enabled: false },
  reconciliation: { pausesSeconds: [3_600], sweepSeconds: 3_600 },
};

/** The bench's clients are one caller, and it has no bill to speak of; all of it is counted. */
const RICH = {
  CALLER_REFUNDS: '1000000000',
  CALLER_PROVIDER_CALLS: '1000000000',
  CALLER_DATABASE_MS: '1000000000',
  CALLER_ANSWER_KIB: '1000000000',
  MAX_CONNECTIONS: '20000',
  MAX_CONNECTIONS_PER_ADDRESS: '20000',
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The token of the bench's caller. */
export function token(): string {
  const exp = Math.floor(Date.now() / 1000) + 86_400;
  const claims = { sub: 'bench', client_id: 'bench', exp, scope: SCOPES.join(' '), accounts: '*' };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

export interface Product extends Process {
  readonly notifier: Notifier;
}

export interface ProductOptions {
  /** Null: the embedded database, in a folder of its own. */
  readonly database: Database | null;
  readonly upstream: string;
  /** How the provider's lists behave: `/ACCOUNT` goes in front. */
  readonly behaviour?: `/${number}/${'seen' | 'new'}`;
  /** More words for Node, before the program. */
  readonly node?: readonly string[];
}

/** Starts it with an account of Shoutu's kind for each connection, one for callbacks, and one of TiPay's. */
export async function startProduct({
  database,
  upstream,
  behaviour = '/0/seen',
  node = [],
}: ProductOptions): Promise<Product> {
  const folder = mkdtempSync(join(tmpdir(), 'refund-speed-'));
  const notifier = await createNotifier();
  const [library, blue, chain] = notifier.config().accounts;
  const lists = Array.from({ length: ACCOUNTS }, (_, nth) => ({
    ...library,
    key: accountName(nth),
    baseUrl: `${upstream}/${nth}${behaviour}`,
  }));
  const paying = { ...chain, baseUrl: `${upstream}/0${behaviour}`, paths: { create: CREATE_PATH } };
  const config = join(folder, 'refunds.json');
  writeFileSync(config, JSON.stringify({ accounts: [...lists, library, blue, paying], ...QUIET }));
  const server = await startProcess(
    [...node, 'src/main.ts'],
    {
      PORT: '0',
      HOST: '127.0.0.1',
      PUBLIC_URL: 'http://127.0.0.1:9',
      AUTH: 'jwt',
      JWT_SECRET: SECRET,
      REFUNDS_CONFIG: config,
      DATA_DIR: join(folder, 'data'),
      LOG_LEVEL: 'info',
      ...RICH,
      ...(database !== null && { DATABASE_URL: database.url }),
    },
    ROOT,
  );
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...server, stop, notifier };
}
