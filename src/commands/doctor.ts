/**
 * `npm run doctor`: checks everything that must be right. Prints a line each: ok, or what is wrong and what
 * to do.
 */
import { join } from 'node:path';
import { loadConfiguration, type Configuration } from '../config/configuration.ts';
import { overlapping } from '../config/overlap.ts';
import { ConfigurationError } from '../config/problem.ts';
import { hostIn, isLoopback } from '../flow/loopback.ts';
import type { Weakness } from '../ledger/database/statements/durability.ts';
import { inspectLedger } from '../ledger/inspect.ts';
import type { countNeedingAttention } from '../ledger/queue/unfinished.ts';
import { refusalOf, type LedgerKind } from '../ledger/database/kind.ts';
import { clockOffset } from '../providers/wire/clock-offset.ts';
import { ProviderError, type ProviderErrorKind } from '../providers/errors.ts';
import { openAccount, type AccountSettings } from '../providers/index.ts';

/** One thing that was looked at. */
interface DoctorFinding {
  /** info: right as long as nothing else fails, and worth knowing. */
  readonly kind: 'ok' | 'info' | 'FAIL';
  readonly text: string;
}

const ok = (text: string): DoctorFinding => ({ kind: 'ok', text });
const info = (text: string): DoctorFinding => ({ kind: 'info', text });
const fail = (text: string): DoctorFinding => ({ kind: 'FAIL', text });

const clock = () => new Date();

/**
 * Several providers refuse a timestamp that is minutes off. A correct clock is off by less than this, in
 * seconds.
 */
const MOST_SECONDS_OFF = 30;

/**
 * The ledger compares times of all servers, which may differ by 5 s. So each clock may be off by half of
 * that, in seconds.
 */
const MOST_SECONDS_OFF_THE_LEDGER = 2;

const REMEDIES: Record<ProviderErrorKind, string> = {
  unavailable: 'check baseUrl and whether this machine may reach it',
  'timed-out': 'check baseUrl, or raise timeoutMs',
  rejected: "most often a wrong id or key: check the account's, or ask the provider what it refuses",
  misconfigured: "check the account's ids and keys against the provider's console",
  malformed: 'check that baseUrl leads to this provider, and its paths',
  'try-later':
    'it was reached; if its words mean "no such refund", say so in notFoundCodes (TiPay), else try again in some minutes',
};

const words = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return (error.message === '' ? error.name : error.message).replace(/\.$/, '');
};

async function checkAccount(settings: AccountSettings): Promise<readonly DoctorFinding[]> {
  // A clock that is off may be the very reason why the provider refuses.
  return (await Promise.all([checkAnswer(settings), checkClock(settings).then((finding) => [finding])])).flat();
}

async function checkAnswer(settings: AccountSettings): Promise<readonly DoctorFinding[]> {
  const { key, timeoutMs } = settings;
  const notes: DoctorFinding[] = [];
  try {
    const account = openAccount(settings, { clock, random: Math.random });
    notes.push(...(account.notes ?? []).map((note) => info(`${key}: ${note}`)));
    const startedAt = performance.now();
    try {
      await account.probe(AbortSignal.timeout(timeoutMs));
      return [ok(`${key}: answers in ${Math.round(performance.now() - startedAt)} ms`), ...notes];
    } finally {
      await account.close();
    }
  } catch (error) {
    if (error instanceof ProviderError) {
      const said = error.providerMessage === null ? '' : ` (${error.providerMessage})`;
      return [fail(`${error.message}${said}: ${REMEDIES[error.kind]}`), ...notes];
    }
    return [fail(`${key}: can't be opened (${words(error)}): check its keys`)];
  }
}

async function checkClock({ key, baseUrl }: AccountSettings): Promise<DoctorFinding> {
  try {
    const offset = await clockOffset(baseUrl, clock, AbortSignal.timeout(5_000));
    if (offset === null) return ok(`${key}: its server does not tell its time`);
    if (Math.abs(offset) <= MOST_SECONDS_OFF) return ok(`${key}: the clocks agree`);
    const where = offset > 0 ? 'behind' : 'ahead of';
    return fail(`${key}: this machine's clock is ${Math.abs(offset)} s ${where} the provider's: set it by NTP`);
  } catch (error) {
    return ok(`${key}: its server's time can't be read (${words(error)})`);
  }
}

/** Every server over one PostgreSQL is compared with that: so they are compared with each other. */
function checkSharedClock(aheadMs: number): DoctorFinding {
  const off = Math.abs(aheadMs) / 1000;
  if (off <= MOST_SECONDS_OFF_THE_LEDGER) return ok("database: its clock and this machine's agree");
  return fail(`database: its clock and this machine's are ${Math.round(off)} s apart: set both by NTP`);
}

function checkKind(kind: LedgerKind | null, { environment, accounts }: Configuration): DoctorFinding {
  const wanted = accounts === null ? 'simulated' : 'real';
  if (kind === null) return ok('ledger: not marked as simulated or real yet; the first start does it');
  const setting = environment.databaseUrl === null ? 'DATA_DIR' : 'DATABASE_URL';
  const refusal = refusalOf({ kind: wanted, setting }, kind);
  return refusal === null ? ok(`ledger: its refunds are ${kind}`) : fail(`ledger: ${refusal}`);
}

/** At which refunds a person must look. That is no mistake of the installation. */
function checkAttention(counts: Awaited<ReturnType<typeof countNeedingAttention>>): readonly DoctorFinding[] {
  if (counts.length === 0) return [ok('ledger: no refund needs attention')];
  return counts.map(({ account, reason, count }) =>
    info(`ledger: ${account}: ${count} refund(s) with attention ${reason}: list them by the filter needsAttention`),
  );
}

/** Whether a refund that the ledger has acknowledged stays in it. */
function checkDurability(isStandby: boolean, weaknesses: readonly Weakness[]): readonly DoctorFinding[] {
  if (isStandby) return [fail('database: it is a standby and can only be read: name the primary in DATABASE_URL')];
  const told = weaknesses.map(({ kind, text }) => (kind === 'forgets' ? fail : info)(`database: ${text}`));
  return told.length > 0 ? told : [ok('database: what it has acknowledged outlives a crash')];
}

async function checkLedger(configuration: Configuration): Promise<readonly DoctorFinding[]> {
  const { databaseUrl, dataDir } = configuration.environment;
  try {
    const place = databaseUrl === null ? { dataDir: join(dataDir, 'ledger') } : { databaseUrl };
    const seen = await inspectLedger(place, clock);
    switch (seen.kind) {
      case 'absent':
        return [ok(`database: ${dataDir} holds none yet; the first start makes it`)];
      case 'in-use':
        return [ok(`database: a running server has ${dataDir}; stop it to have the ledger checked`)];
      case 'opened':
        return [
          seen.pending.length === 0
            ? ok(`database: ${seen.server}, up to date`)
            : ok(`database: ${seen.server}, the next start brings it up to date (${seen.pending.join(', ')})`),
          ...(databaseUrl === null
            ? []
            : [checkSharedClock(seen.aheadMs), ...checkDurability(seen.isStandby, seen.weaknesses)]),
          ...seen.invariants.map(({ name, offenders }) =>
            offenders.length === 0
              ? ok(`ledger: ${name}`)
              : fail(
                  `ledger: ${name}: not so for ${offenders.join('; ')}: tell the engineers before anything is changed`,
                ),
          ),
          ...checkAttention(seen.needingAttention),
          ...seen.unreadable.map(({ account, member, count }) =>
            info(
              `ledger: ${account}: ${count} row(s) of its list can't be read, the first of it being ${member}: ask the provider`,
            ),
          ),
          checkKind(seen.ledgerKind, configuration),
        ];
    }
  } catch (error) {
    return [fail(`database: ${words(error)}: check DATABASE_URL and whether the server runs`)];
  }
}

function checkCallbacks({ environment, accounts }: Configuration): DoctorFinding {
  const { publicUrl } = environment;
  const isHere = (url: string) => isLoopback(hostIn(url));
  const far = accounts?.filter(({ baseUrl }) => !isHere(baseUrl)) ?? [];
  if (far.length === 0 || !isHere(publicUrl)) return ok(`callbacks: providers are told to call ${publicUrl}/notify/…`);
  const names = far.map(({ key }) => key).join(', ');
  return fail(
    `callbacks: ${names} can't reach ${publicUrl}: set PUBLIC_URL to this server's address as the outside sees it`,
  );
}

async function examine(): Promise<readonly DoctorFinding[]> {
  let configuration: Configuration;
  try {
    configuration = loadConfiguration();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ setting, problem }) => fail(`configuration: ${setting}: ${problem}`));
  }
  const { accounts } = configuration;
  const named = accounts?.map(({ key, provider }) => `${key} (${provider})`).join(', ');
  const accountFindings = await Promise.all((accounts ?? []).map(checkAccount));
  return [
    ok(`configuration: ${named ?? 'no REFUNDS_CONFIG, so the built-in sandbox is used'}`),
    ...accountFindings.flat(),
    ...(await checkLedger(configuration)),
    ...overlapping(accounts ?? []).map(({ account, other }) =>
      info(
        `configuration: ${account} and ${other} share one list, and its rows do not say whose they are: each counts twice`,
      ),
    ),
    checkCallbacks(configuration),
  ];
}

const findings = await examine();
for (const { kind, text } of findings) process.stdout.write(`${kind.padEnd(4)} ${text}\n`);
if (findings.some(({ kind }) => kind === 'FAIL')) process.exitCode = 1;
