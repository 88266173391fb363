import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { pageEvents } from '../../../src/ledger/events.ts';
import { moveMirror, readMirrors } from '../../../src/ledger/mirror.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { NO_CONDITIONS } from '../../../src/refunds/filter.ts';
import { accountKey, merchantRefundId, type RefundRef } from '../../../src/refunds/ids.ts';
import type { Refund } from '../../../src/refunds/refund.ts';
import { mirrorStep, type Mirrored, type MirrorStep } from '../../../src/services/mirroring/mirror.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import {
  changes,
  createModelAccount,
  createModelList,
  gaps,
  isDown,
  observationOf,
  type Manners,
  type ModelList,
  type ModelRow,
} from '../reading/list-model.ts';
import { pageRefunds } from '../../support/refund-page.ts';

const LIBRARY = accountKey('library');
const NOBODY = new AbortController().signal;
/** After the rows of every model list. */
const START = Date.parse('2024-07-31T08:26:46Z');
const HOUR_S = 3_600;

/** A server that copies a model list; `now` in seconds after START. */
function house(ledger: Ledger, list: ModelList, manners: Partial<Manners> = {}) {
  const { account, calls } = createModelAccount('library', list, { maxPageSize: 10, ...manners });
  if (account.list === undefined) throw new Error('The model has a list.');
  const asked: RefundRef[] = [];
  let now = START;
  const clock = () => new Date(now);
  const queue = { expedite: (_tx: unknown, ref: RefundRef) => Promise.resolve(void asked.push(ref)) };
  const mirrored: Mirrored = { account, list: account.list, throttle: () => Promise.resolve() };
  const step = () => mirrorStep({ ledger, queue, clock }, mirrored, NOBODY);
  return {
    calls,
    asked,
    step,
    pass: (seconds: number) => void (now += seconds * 1_000),
    /** Steps until a pass has come to its end, with something in between. */
    whole: async (between: (nth: number) => void = () => undefined): Promise<MirrorStep> => {
      for (let nth = 0; nth < 500; nth++) {
        const done = await step();
        if (done.state.pass === null && done.outcome !== 'lost') return done;
        between(nth);
      }
      throw new Error('The copy does not end.');
    },
  };
}

const inLedger = async (ledger: Ledger): Promise<readonly Refund[]> => {
  const ask = { accounts: [LIBRARY], conditions: NO_CONDITIONS, direction: 'ASC' as const, after: null, limit: 10_000 };
  return pageRefunds(ledger.db, ask);
};
const idsIn = async (ledger: Ledger) => new Set((await inLedger(ledger)).map(({ merchantRefundId: id }) => String(id)));
const idsOf = (rows: readonly ModelRow[]) => rows.map(({ id }) => id);
const tell = (ledger: Ledger, row: ModelRow, via: 'CALLBACK' | 'POLL' = 'CALLBACK') =>
  observe(ledger, { key: LIBRARY, provider: 'SHOUTU', retryFailed: false }, [observationOf(row)], {
    via,
    at: new Date(START),
  });

describeOnEachDatabase('the mirror', (database) => {
  it('copies a list whole, each row once, in hardly more calls than it has pages, and tells how far it is', async () => {
    const ledger = await database.open();
    const list = createModelList(
      Array.from({ length: 300 }, () => 1),
      'DESC',
    );
    const { step, whole, calls } = house(ledger, list, { maxPageSize: 50 });
    const first = await step();
    expect(first).toMatchObject({ outcome: 'more', state: { copied: 50, total: 300, completedAt: null } });
    const last = await whole();
    expect(last).toMatchObject({ outcome: 'copied', state: { total: 300, copied: 300, pass: null } });
    expect(last.state.completedAt).toEqual(new Date(START));
    expect(await idsIn(ledger)).toEqual(new Set(idsOf(list.rows())));
    expect(calls()).toBeLessThanOrEqual(8);
    expect(await readMirrors(ledger.db, [LIBRARY])).toEqual([{ ...last.state, revision: expect.any(Number) }]);
  });

  it(
    'misses no row that was there all along, while rows come and go between its pages and it is killed at any point',
    { timeout: 120_000 },
    async () => {
      const steps = fc.array(fc.record({ change: changes, killed: fc.boolean() }), { maxLength: 12, size: 'max' });
      await fc.assert(
        fc.asyncProperty(gaps(60), steps, fc.constantFrom(1, 3, 10, 25), async (between, moments, maxPageSize) => {
          const ledger = await database.open();
          const list = createModelList(between, 'DESC');
          let stayed = idsOf(list.rows());
          // Each step is a new process: it knows nothing but what the ledger keeps.
          const restart = () => house(ledger, list, { maxPageSize });
          let library = restart();
          for (let nth = 0; ; nth++) {
            const { state, outcome } = await library.step();
            if (state.pass === null && outcome !== 'lost') break;
            const moment = moments[nth];
            if (moment?.killed === true) library = restart();
            if (moment === undefined) continue;
            list.change(moment.change);
            const now = new Set(idsOf(list.rows()));
            stayed = stayed.filter((id) => now.has(id));
          }
          const copied = await idsIn(ledger);
          expect(stayed.filter((id) => !copied.has(id))).toEqual([]);
          // The next pass brings everything that came meanwhile.
          await library.whole();
          const known = await idsIn(ledger);
          expect(idsOf(list.rows()).filter((id) => !known.has(id))).toEqual([]);
        }),
        { numRuns: 15 },
      );
    },
  );

  it('then reads only from the newest row down to what it knows, though the ledger knows newer ones from elsewhere', async () => {
    const ledger = await database.open();
    const list = createModelList(
      Array.from({ length: 200 }, () => 60),
      'DESC',
    );
    const { whole, calls, pass } = house(ledger, list);
    await whole();
    const before = calls();
    pass(HOUR_S);
    // Made elsewhere, a day later; of the newest a callback has told already.
    list.change({ grow: [{ later: 24 * HOUR_S, depth: 0 }], burst: { count: 30, apart: 1 }, lose: [] });
    const [newest] = list.rows();
    if (newest === undefined) throw new Error('The model has rows.');
    await tell(ledger, newest);
    expect(await whole()).toMatchObject({ outcome: 'done', state: { copied: 231, total: 231 } });
    expect(await idsIn(ledger)).toEqual(new Set(idsOf(list.rows())));
    expect(calls() - before).toBeLessThanOrEqual(7);
    const again = calls();
    await whole();
    // Back over the quarter of an hour in which refunds may come late.
    expect(calls() - again).toBeLessThanOrEqual(5);
  });

  it('finds a refund that comes into the list late, and is not blinded by one that claims to be of the future', async () => {
    const ledger = await database.open();
    const list = createModelList(
      Array.from({ length: 40 }, () => 60),
      'DESC',
    );
    const { whole, pass } = house(ledger, list);
    list.change({ grow: [{ later: 400 * 24 * HOUR_S, depth: 0 }], burst: { count: 0, apart: 0 }, lose: [] });
    const { state } = await whole();
    expect(state.copiedUpTo).toEqual(new Date(START));
    pass(60);
    list.change({ grow: [], burst: { count: 25, apart: 0 }, lose: [] });
    await whole();
    expect(await idsIn(ledger)).toEqual(new Set(idsOf(list.rows())));
  });

  it('tells of a refund made elsewhere as an event via POLL, once', async () => {
    const ledger = await database.open();
    const list = createModelList([1, 1, 1], 'DESC');
    const { whole } = house(ledger, list);
    await whole();
    await whole();
    const [row] = list.rows();
    const ref = { account: LIBRARY, merchantRefundId: merchantRefundId(row?.id ?? '') };
    const events = await pageEvents(ledger.db, ref, { direction: 'ASC', after: null, limit: 10 });
    expect(events.map(({ type, via }) => [type, via])).toEqual([['DISCOVERED', 'COPY']]);
  });

  it('moves on from where it stood after a failure', async () => {
    const ledger = await database.open();
    const list = createModelList(
      Array.from({ length: 30 }, () => 1),
      'DESC',
    );
    let down = false;
    const before = () => {
      if (down) throw isDown('library');
    };
    const { step, whole } = house(ledger, list, { before });
    await step();
    const [known] = await readMirrors(ledger.db, [LIBRARY]);
    down = true;
    await expect(step()).rejects.toMatchObject({ name: 'ProviderError', kind: 'unavailable' });
    expect(await readMirrors(ledger.db, [LIBRARY])).toEqual([known]);
    down = false;
    expect(await whole()).toMatchObject({ outcome: 'copied', state: { copied: 30 } });
  });

  it('has a page that contradicts what is known queried, and keeps an end as it was', async () => {
    const ledger = await database.open();
    const list = createModelList([1, 1, 1], 'DESC');
    const row = list.rows().find(({ status }) => status === 'PROCESSING');
    if (row === undefined) throw new Error('The model has one.');
    await tell(ledger, { ...row, status: 'SUCCEEDED' }, 'POLL');
    const { whole, asked, pass } = house(ledger, list);
    pass(10);
    await whole();
    expect(asked).toMatchObject([{ account: LIBRARY, merchantRefundId: row.id }]);
    const [kept] = await findRefunds(ledger.db, [{ account: LIBRARY, merchantRefundId: merchantRefundId(row.id) }]);
    expect(kept?.status).toBe('SUCCEEDED');
  });

  it('moves once where two processes have copied the same page', async () => {
    const ledger = await database.open();
    const list = createModelList(
      Array.from({ length: 30 }, () => 1),
      'DESC',
    );
    const { step } = house(ledger, list);
    await step();
    const [from] = await readMirrors(ledger.db, [LIBRARY]);
    if (from === undefined) throw new Error('It has begun.');
    const moves = () => ledger.db.transaction().execute((tx) => moveMirror(tx, { ...from, copied: 20 }));
    const other = await database.another();
    const [one, two] = await Promise.all([
      moves(),
      other.db.transaction().execute((tx) => moveMirror(tx, { ...from, copied: 20 })),
    ]);
    expect([one, two].toSorted()).toEqual([false, true]);
    expect(await moves()).toBe(false);
  });

  it('begins anew when its place cannot be found again', async () => {
    const ledger = await database.open();
    const list = createModelList(
      Array.from({ length: 30 }, () => 1),
      'DESC',
    );
    const { step, whole } = house(ledger, list);
    const { state } = await step();
    if (state.pass === null) throw new Error('It has begun.');
    const { pass } = state;
    const [kept] = await readMirrors(ledger.db, [LIBRARY]);
    if (kept === undefined) throw new Error('It is kept.');
    await ledger.db.transaction().execute((tx) => moveMirror(tx, { ...kept, pass: { ...pass, cursor: 'x' } }));
    expect(await step()).toMatchObject({ outcome: 'lost', state: { copied: 0, pass: null } });
    expect(await whole()).toMatchObject({ outcome: 'copied', state: { copied: 30 } });
  });
});
