import { setTimeout as pass } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { startMirroring } from '../../src/jobs/mirror.ts';
import { openBoss } from '../../src/ledger/queue/boss.ts';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { mirrorQueueOf, readMirrors } from '../../src/ledger/mirror.ts';
import { countRefunds } from '../../src/ledger/refund/refunds.ts';
import { NO_CONDITIONS } from '../../src/refunds/filter.ts';
import { accountKey } from '../../src/refunds/ids.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import {
  createModelAccount,
  createModelList,
  isDown,
  type Manners,
  type ModelList,
} from '../services/reading/list-model.ts';

const LIBRARY = accountKey('library');
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Starts what one process has of the mirror. */
async function start(
  ledger: Ledger,
  list: ModelList,
  manners: Partial<Manners>,
  more: Partial<Parameters<typeof startMirroring>[1]> = {},
) {
  const boss = await openBoss(ledger, (error) => {
    throw error;
  });
  const heard: string[] = [];
  const { account, calls } = createModelAccount('library', list, { maxPageSize: 10, ...manners });
  const mirroring = await startMirroring(boss, {
    ledger,
    queue: { expedite: () => Promise.resolve() },
    clock: () => new Date(),
    accounts: new Map([[account.key, account]]),
    pauseSeconds: 1,
    pagesPerSecond: 100,
    tell: (event) => {
      if (event.kind === 'copy-goes-on') heard.push(`copying ${event.copied}`);
      if (event.kind === 'copy-is-whole') heard.push(`complete ${event.copied} of ${event.total}`);
      if (event.kind === 'copy-begun-anew') heard.push('lost');
      if (event.kind === 'copy-failed')
        heard.push(`failed: ${event.error instanceof Error ? event.error.message : 'for no reason'}`);
    },
    ...more,
  });
  let stopped: Promise<void> | null = null;
  const stop = () =>
    (stopped ??= mirroring.stop().then(() => boss.stop({ close: false, graceful: true, timeout: 2_000 })));
  closers.push(stop);
  return { boss, heard, calls, stop };
}

const seconds = (count: number) => Array.from({ length: count }, () => 1);
const copied = (ledger: Ledger) => countRefunds(ledger.db, { accounts: [LIBRARY], conditions: NO_CONDITIONS });
async function empty(ledger: Ledger): Promise<void> {
  await ledger.pool.query(`do $$ begin
    if to_regclass('pgboss.job') is not null then delete from pgboss.job where name like 'mirror.%'; end if;
  end $$`);
}

describeOnEachDatabase('the job that copies a list', (database) => {
  it('copies it whole, says so, and from then on brings what is new', { timeout: 60_000 }, async () => {
    const ledger = await database.open();
    await empty(ledger);
    const list = createModelList(seconds(60), 'DESC');
    const { heard } = await start(ledger, list, {});
    await until(() => heard.length > 0);
    expect(heard).toEqual(['complete 60 of 60']);
    list.change({ grow: [], burst: { count: 5, apart: 1 }, lose: [] });
    await until(async () => (await copied(ledger)) === 65);
    expect(heard).toHaveLength(1);
  });

  it('goes on where a stopped process has left it, and never faster than it may', { timeout: 60_000 }, async () => {
    const ledger = await database.open();
    await empty(ledger);
    const list = createModelList(seconds(80), 'DESC');
    const times: number[] = [];
    const before = () => void times.push(performance.now());
    const first = await start(ledger, list, { before }, { pagesPerSecond: 10 });
    await until(() => times.length >= 4, 40_000);
    await first.stop();
    const [kept] = await readMirrors(ledger.db, [LIBRARY]);
    expect(kept?.copied).toBeGreaterThan(10);
    expect(kept?.copied).toBeLessThan(60);
    expect(first.heard).toEqual([]);
    const second = await start(ledger, list, { before }, { pagesPerSecond: 10 });
    await until(() => second.heard.length > 0, 40_000);
    expect(second.heard).toEqual(['complete 80 of 80']);
    const gaps = times.slice(1).map((time, nth) => time - (times[nth] ?? 0));
    // A turn may come late, and the next one is then nearer to it: so many in a stretch of time all the same.
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    for (const [nth, from] of times.entries()) {
      expect(times.slice(nth).filter((time) => time - from < 450).length).toBeLessThanOrEqual(6);
    }
  });

  it('says when the provider is down, and tries again', { timeout: 60_000 }, async () => {
    const ledger = await database.open();
    await empty(ledger);
    let down = true;
    const before = () => {
      if (down) throw isDown('library');
    };
    const { heard } = await start(ledger, createModelList(seconds(15), 'DESC'), { before });
    await until(() => heard.length > 0);
    expect(heard).toEqual(['failed: Nobody answers.']);
    down = false;
    await until(() => heard.length > 1);
    expect(heard.at(-1)).toBe('complete 15 of 15');
  });

  it('is done by one of two processes at a time', { timeout: 60_000 }, async () => {
    const ledger = await database.open();
    await empty(ledger);
    const list = createModelList(seconds(60), 'DESC');
    let under = 0;
    let most = 0;
    const before = async () => {
      most = Math.max(most, ++under);
      await pass(20);
      under -= 1;
    };
    const one = await start(ledger, list, { before });
    const two = await start(await database.another(), list, { before });
    await until(() => one.heard.length + two.heard.length > 0);
    expect([...one.heard, ...two.heard]).toEqual(['complete 60 of 60']);
    expect(most).toBe(1);
    const jobs = await one.boss.findJobs(mirrorQueueOf(LIBRARY));
    expect(jobs.filter(({ state }) => state === 'created').length).toBeLessThanOrEqual(1);
  });
});
