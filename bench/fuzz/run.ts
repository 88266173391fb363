/** Sends hostile inputs to a server of its own, and says what did not hold. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { streamOf } from '../chaos/chance.ts';
import { openSigner } from './callbacks.ts';
import { nextInput } from './inputs.ts';
import { answerTo } from './send.ts';

const SECRET = 'the secret of the fuzz, which must be nowhere';
/** The heap after a collection may grow so much after the first half: caches fill, and are bounded. */
const GROWTH_BYTES = 48 * 1024 * 1024;
/** What must stand in no answer and in no line: secrets, places of ours, and defects. */
const NEVER = [SECRET, 'BEGIN PRIVATE', 'node_modules', 'failed unexpectedly', 'INTERNAL_SERVER_ERROR'];
const AT_ONCE = 12;
/** The heap is looked at after each part. */
const PARTS = 4;
const SCOPES = 'refunds:read refunds:write refunds:operate refunds:raw';

export interface Verdict {
  readonly sent: number;
  /** How many of each kind, and how many were answered with each status. */
  readonly kinds: ReadonlyMap<string, number>;
  readonly statuses: ReadonlyMap<number, number>;
  /** Each with the input that showed it. */
  readonly broken: readonly string[];
  readonly heaps: readonly number[];
}

/** Sends so many inputs, twelve at once. The same seed sends the same. */
export async function runFuzz({
  inputs,
  seed,
  minutes = Infinity,
}: {
  readonly inputs: number;
  readonly seed: number;
  /** Ends earlier where the machine is slow. */
  readonly minutes?: number;
}): Promise<Verdict> {
  const until = performance.now() + minutes * 60_000;
  const folder = mkdtempSync(join(tmpdir(), 'refund-fuzz-'));
  const stateFile = join(folder, 'sandbox', 'state.json');
  const sandbox = await startSandbox({ stateFile, refundsPerProvider: 40 });
  const sign = await openSigner(stateFile);
  const child = startServer(folder, sandbox);
  const broken: string[] = [];
  const never = [...NEVER, ...secretsOf(sandbox)];
  const look = (text: string, input: string): void => {
    for (const word of never) {
      const at = text.indexOf(word);
      if (at >= 0) broken.push(`…${text.slice(Math.max(0, at - 200), at + 200)}… after ${input.slice(0, 300)}`);
    }
  };
  let last = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => look(part.toString(), last));
  child.once(
    'exit',
    (code) => void (code === 0 || broken.push(`the server ended with ${code} after ${last.slice(0, 300)}`)),
  );
  try {
    const started: unknown[] = await once(child, 'message');
    const { url } = z.object({ url: z.string() }).parse(started[0]);
    const [all, reader] = [await tokenOf(SCOPES), await tokenOf('refunds:read')];
    const tokens = [all, all, reader, all, null];
    const random = streamOf(seed, 'fuzz');
    const heaps = [await heapOf(child)];
    const kinds = new Map<string, number>();
    const statuses = new Map<number, number>();
    let sent = 0;
    const send = async (): Promise<void> => {
      const input = nextInput(random, sign);
      const token = tokens[sent % tokens.length] ?? null;
      sent += 1;
      last = JSON.stringify(input);
      const text = last;
      const answer = await answerTo(input, { url, token });
      kinds.set(input.kind, (kinds.get(input.kind) ?? 0) + 1);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 500 || answer.status === 4500 || answer.text === 'hangs') {
        broken.push(`${answer.status} ${answer.text.slice(0, 100)} after ${text.slice(0, 300)}`);
      }
      look(answer.text, text);
    };
    for (let part = 1; part <= PARTS; part += 1) {
      const partEnds = until - ((PARTS - part) / PARTS) * minutes * 60_000;
      const goesOn = (): boolean =>
        sent < (inputs * part) / PARTS && child.exitCode === null && !(performance.now() > partEnds);
      const worker = async (): Promise<void> => {
        while (goesOn()) await send();
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      if (child.exitCode === null) heaps.push(await heapOf(child));
    }
    const [middle = 0, end = 0] = [heaps[PARTS / 2], heaps[PARTS]];
    if (end - middle > GROWTH_BYTES) broken.push(`the heap grew by ${end - middle} bytes in the second half`);
    return { sent, kinds, statuses, broken, heaps };
  } finally {
    child.kill('SIGKILL');
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startServer(folder: string, sandbox: Sandbox): ChildProcess {
  const configFile = join(folder, 'refunds.json');
  writeFileSync(configFile, JSON.stringify({ accounts: sandbox.config.accounts }));
  return fork(join(import.meta.dirname, 'server.ts'), [], {
    execArgv: ['--expose-gc'],
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: join(folder, 'data'),
      PORT: '0',
      REFUNDS_CONFIG: configFile,
      LOG_LEVEL: 'info',
      AUTH: 'jwt',
      JWT_SECRET: SECRET,
      // Whoever has used up a minute is refused, and would try nothing.
      CALLER_REFUNDS: '0',
      CALLER_PROVIDER_CALLS: '0',
      CALLER_DATABASE_MS: '0',
      CALLER_ANSWER_KIB: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** Of the accounts: what stands in each of them and is a secret, or the middle of a key. */
const secretsOf = ({ config }: Sandbox): readonly string[] =>
  config.accounts.flatMap((account) =>
    Object.entries(account).flatMap(([name, value]) =>
      /secret|privatekey|appkey/i.test(name) && typeof value === 'string' ? [value.slice(0, 300).slice(-40)] : [],
    ),
  );

const tokenOf = (scope: string): Promise<string> =>
  new SignJWT({ scope, accounts: '*', sub: 'fuzz' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('9h')
    .sign(Buffer.from(SECRET));

async function heapOf(child: ChildProcess): Promise<number> {
  child.send('heap');
  const told: unknown[] = await once(child, 'message');
  return z.object({ heap: z.number() }).parse(told[0]).heap;
}
