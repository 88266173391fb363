/** From the start of the process to its first answer; then what it takes when nobody asks. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { answerTo, Servers, type Bench, type Row } from './bench.ts';
import { cpuOf } from './processes.ts';
import { pageQuestion } from './questions.ts';
import { spreadOf, type Spread } from './rounds.ts';

const NONE: Spread = spreadOf([]);
/** Memory is read so long after the first answer, and idle time is taken after that; in milliseconds. */
const [SETTLED_MS, IDLE_MS] = [4_000, 10_000];

/** A row for each database, with its figures in the note. */
export async function starts(bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const kind of ['postgres', 'embedded'] as const) {
    if (kind === 'embedded' && !bench.embedded) continue;
    await using servers = new Servers(bench);
    const product = await servers.product(kind);
    await answerTo(product, pageQuestion(0, 'LEDGER'));
    const seconds = (performance.now() - product.spawnedAt) / 1_000;
    await pause(SETTLED_MS);
    const resident = residentOf(product.pid);
    const before = cpuOf(product.pid);
    await pause(IDLE_MS);
    const idle = (cpuOf(product.pid) - before) / (10 * IDLE_MS);
    const note = `first answer after ${seconds.toFixed(2)} s, ${resident.toFixed(0)} MiB, idle ${idle.toFixed(1)} % of a core`;
    const name = `product, ${kind === 'postgres' ? 'PostgreSQL' : 'embedded'}, empty`;
    const figures = { cpu: NONE, ratio: NONE, databaseCpu: null, databaseRatio: null, rate: NONE, rateRatio: NONE };
    rows.push({ name, ...figures, p50: NONE, p99: NONE, note });
  }
  return rows;
}

/** Resident memory of a process in MiB. */
function residentOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
