/**
 * Promise: the file has every refund that the filter lets through, once, as it is; a cell runs nowhere; what
 * broke off never looks whole; and a file is on its caller's bill.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { LedgerUnavailableError } from '../../src/ledger/database/errors.ts';
import type { Ledger } from '../../src/ledger/database/database.ts';
import type { OperatorEvent } from '../../src/operator/event.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { formatMoney } from '../../src/refunds/money.ts';
import { exportPages } from '../../src/services/reading/export.ts';
import { observe } from '../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor, type FrontDoorOptions } from '../support/front-door.ts';
import { refundUpdate } from '../support/refund-update.ts';
import { until } from '../support/until.ts';

const T0 = Date.parse('2024-07-31T08:26:46.123Z');
const CHAIN = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;
const SECRET = 'a secret of more than 32 characters';
const TOKENS = { keys: { kind: 'secret', secret: SECRET }, issuer: null, audience: null } as const;
const tokenOf = (claims: object) =>
  new SignJWT({ scope: 'refunds:read', accounts: '*', exp: Math.ceil(Date.now() / 1_000) + 60, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));

/** What `fetch` says of an answer that broke off. */
const BROKEN = /terminated|fetch failed|other side closed/;

/** Reads RFC 4180, and nothing more lenient. */
function cellsOf(csv: string): readonly (readonly string[])[] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (let at = 0; at < csv.length;) {
    const [whole = '', quoted, plain = '', end = ''] =
      /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(csv.slice(at, at + 20_000)) ?? [];
    if (whole === '') throw new Error(`no CSV from ${JSON.stringify(csv.slice(at, at + 40))}`);
    line.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') lines.push(line);
    if (end !== ',') line = [];
    at += whole.length;
  }
  if (line.length > 0) throw new Error('the last line has no end');
  return lines;
}

/** The lines by the names of the columns. */
function rowsOf(csv: string): readonly Readonly<Record<string, string>>[] {
  const [names = [], ...lines] = cellsOf(csv);
  return lines.map((line) => Object.fromEntries(names.map((name, nth) => [name, line[nth] ?? 'none'])));
}

describeOnEachDatabase('the file of refunds', (database) => {
  async function open(ledger: Ledger, options: FrontDoorOptions = {}) {
    const door = await openFrontDoor(ledger, options);
    onTestFinished(() => door.stop());
    const address = new URL('/export/refunds.csv', door.url);
    const get = (parameters: Readonly<Record<string, string>> = {}, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${address.href}?${new URLSearchParams(parameters)}`, { headers });
    return { door, address, get };
  }

  const tell = (ledger: Ledger, key: string, updates: Parameters<typeof observe>[2]) =>
    observe(ledger, { key: accountKey(key), provider: 'TIPAY', retryFailed: true }, updates, {
      via: 'POLL',
      at: new Date(T0),
    });

  /** So many refunds of an account, two of each instant. */
  const fill = async (ledger: Ledger, many: number) => {
    const numbers = Array.from({ length: many }, (_, nth) => nth);
    const updates = numbers.map((nth) =>
      refundUpdate({ merchantRefundId: merchantRefundId(`R${nth}`), createdAt: new Date(T0 + Math.floor(nth / 2)) }),
    );
    for (let nth = 0; nth < many; nth += 500) await tell(ledger, 'chain', updates.slice(nth, nth + 500));
    return numbers.map((nth) => `R${nth}`);
  };

  it('has each refund once, in order, over many pages and several accounts', { timeout: 60_000 }, async () => {
    const ledger = await database.open();
    const ids = await fill(ledger, 1_203);
    await tell(ledger, 'market', [refundUpdate({ merchantRefundId: merchantRefundId('M1'), createdAt: new Date(T0) })]);
    const { get } = await open(ledger);
    const answer = await get();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
    ]);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="refunds-\d{4}-\d\d-\d\d\.csv"$/);
    const rows = rowsOf(await answer.text());
    expect(rows.map(({ merchantRefundId: id }) => id).toSorted()).toEqual([...ids, 'M1'].toSorted());
    const times = rows.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
    const upwards = await (await get({ orderBy: '{"direction":"ASC"}' })).text();
    expect(rowsOf(upwards)).toEqual(rows.toReversed());
    const early = await get({
      filter: JSON.stringify({ createdAt: { lt: new Date(T0 + 3).toISOString() }, accounts: ['chain'] }),
    });
    expect(rowsOf(await early.text()).map(({ merchantRefundId: id }) => id)).toEqual([
      'R5',
      'R4',
      'R3',
      'R2',
      'R1',
      'R0',
    ]);
  });

  it.each(['UPDATED_AT', 'COMPLETED_AT'] as const)(
    'passes nothing over that moves meanwhile, by %s',
    { timeout: 60_000 },
    async (field) => {
      const ledger = await database.open();
      const ids = await fill(ledger, 1_100);
      const { get } = await open(ledger, {
        exportPages: async function* (request) {
          let isFirst = true;
          for await (const page of exportPages(ledger, request)) {
            yield page;
            const end = { status: 'SUCCEEDED', completedAt: new Date(T0) } as const;
            const last = refundUpdate({ merchantRefundId: merchantRefundId('R0'), createdAt: new Date(T0), ...end });
            if (isFirst) await observe(ledger, CHAIN, [last], { via: 'CALLBACK', at: new Date() });
            isFirst = false;
          }
        },
      });
      const rows = rowsOf(await (await get({ orderBy: JSON.stringify({ field, direction: 'DESC' }) })).text());
      expect(new Set(rows.map(({ merchantRefundId: id }) => id))).toEqual(new Set(ids));
      expect(rows.at(-1)).toMatchObject({ merchantRefundId: 'R0', status: 'SUCCEEDED', version: '2' });
    },
  );

  it('keeps what people wrote, and lets none of it run', { timeout: 60_000 }, async () => {
    const ledger = await database.open();
    const { get } = await open(ledger);
    const sign = fc.constantFrom('=', '+', '-', '@', '＝', '"', ',', '\r', '\n', '\t', ' ', 'a', '退', '😀', "'", ';');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: sign, minLength: 1, maxLength: 8 }), { maxLength: 12 }),
        async (reasons) => {
          const fresh = await database.open();
          await tell(
            fresh,
            'chain',
            reasons.map((reason, nth) =>
              refundUpdate({ merchantRefundId: merchantRefundId(`R${nth}`), createdAt: new Date(T0 + nth), reason }),
            ),
          );
          const answer = await get({ orderBy: '{"direction":"ASC"}', bom: 'no' });
          const cells = rowsOf(await answer.text()).map(({ reason = '' }) => reason);
          const { rows } = await fresh.pool.query<{ reason: string }>('select reason from refunds order by created_at');
          expect(cells.map((cell, nth) => (cell === `'${rows[nth]?.reason}` ? cell.slice(1) : cell))).toEqual(
            rows.map(({ reason }) => reason),
          );
          for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@＝]|^[\t\r\n]/);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('writes amounts, times and nothing as they are, with a byte order mark unless it is not wanted', async () => {
    const ledger = await database.open();
    const amount = { minorUnits: 1_290n, currency: 'CNY' };
    const [told] = await tell(ledger, 'chain', [refundUpdate({ amount, createdAt: new Date(T0), reason: null })]);
    const { get } = await open(ledger);
    const bytes = Buffer.from(await (await get()).arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const plain = Buffer.from(await (await get({ bom: 'no' })).arrayBuffer());
    expect(plain.equals(bytes.subarray(3))).toBe(true);
    expect(rowsOf(plain.toString())).toEqual([
      expect.objectContaining({
        account: 'chain',
        provider: 'TIPAY',
        amount: formatMoney(amount),
        currency: 'CNY',
        status: told?.refund.status,
        createdAt: '2024-07-31T08:26:46.123Z',
        reason: '',
        completedAt: '',
        version: '1',
      }),
    ]);
    const packed = await get({ bom: 'no' }, { 'accept-encoding': 'gzip' });
    expect([packed.headers.get('content-encoding'), await packed.text()]).toEqual(['gzip', plain.toString()]);
  });

  it('is for readers, of the accounts of their token', async () => {
    const ledger = await database.open();
    await fill(ledger, 3);
    await tell(ledger, 'market', [refundUpdate({ merchantRefundId: merchantRefundId('M1') })]);
    const { get } = await open(ledger, { tokens: TOKENS });
    const as = async (claims: object) => ({ authorization: `Bearer ${await tokenOf(claims)}` });
    const outcome = async (answer: Response) => [answer.status, (await answer.json()).errors[0].extensions.code];
    expect(await outcome(await get())).toEqual([401, 'UNAUTHENTICATED']);
    expect(await outcome(await get({}, { authorization: 'Bearer a.b.c' }))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await outcome(await get({}, await as({ scope: 'refunds:write refunds:raw refunds:operate' })))).toEqual([
      403,
      'FORBIDDEN',
    ]);
    const own = await get({}, await as({ accounts: ['market'] }));
    expect(rowsOf(await own.text()).map(({ merchantRefundId: id }) => id)).toEqual(['M1']);
    const foreign = await get({ filter: '{"accounts":["chain"]}' }, await as({ accounts: ['market'] }));
    expect(await outcome(foreign)).toEqual([400, 'BAD_USER_INPUT']);
  });

  it.each([
    [{ filters: '{}' }, 'filters'],
    [{ filter: '{' }, 'filter'],
    [{ filter: '{"status":["FAILED"]}' }, 'filter'],
    [{ filter: '{"statuses":["LOST"]}' }, 'filter.statuses.0'],
    [{ filter: '{"createdAt":{"gte":"yesterday"}}' }, 'filter.createdAt.gte'],
    [{ filter: '{"search":"ab"}' }, 'filter.search'],
    [{ orderBy: '{"field":"NAME"}' }, 'orderBy.field'],
    [{ bom: 'maybe' }, 'bom'],
  ])('%j is a mistake of %s', async (parameters, argument) => {
    const { get, address } = await open(await database.open());
    const answer = await get(parameters);
    expect([answer.status, (await answer.json()).errors[0].extensions]).toEqual([
      400,
      { code: 'BAD_USER_INPUT', argument },
    ]);
    expect((await fetch(address, { method: 'POST' })).status).toBe(405);
  });

  it(
    'never looks whole where it broke off, and says at once where nothing can be read',
    { timeout: 30_000 },
    async () => {
      const ledger = await database.open();
      await fill(ledger, 600);
      const told: OperatorEvent[] = [];
      let pages = 1;
      const { get, address } = await open(ledger, {
        tell: (event) => void told.push(event),
        exportPages: async function* (request) {
          let nth = 0;
          for await (const page of exportPages(ledger, request)) {
            if (nth++ === pages) throw new LedgerUnavailableError('The ledger database does not answer.');
            yield page;
          }
        },
      });
      const read = async (headers = {}) => (await get({}, headers)).text();
      await expect(read()).rejects.toThrow(BROKEN);
      await expect(read({ 'accept-encoding': 'gzip' })).rejects.toThrow(BROKEN);
      // A reader of HTTP/1.0 knows no chunks: for it the end of the connection is the end of the file.
      const socket = connect(Number(address.port), address.hostname);
      socket.write(`GET ${address.pathname} HTTP/1.0\r\nhost: ${address.host}\r\n\r\n`);
      socket.resume();
      const [error] = await once(socket, 'error');
      expect(error).toMatchObject({ code: 'ECONNRESET' });
      await until(() => told.filter(({ kind }) => kind === 'refunds-exported').length === 3);
      expect(told).toContainEqual({
        kind: 'refunds-exported',
        rows: 500,
        whole: false,
        subject: 'anonymous',
        client: null,
      });
      expect(told.map(({ kind }) => kind)).toContain('ledger-away');
      pages = 0;
      const away = await get();
      expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2']);
      expect((await away.json()).errors[0].extensions.code).toBe('UNAVAILABLE');
    },
  );

  it('is on the bill of its caller', { timeout: 30_000 }, async () => {
    const ledger = await database.open();
    await fill(ledger, 700);
    const { get } = await open(ledger, { tokens: TOKENS, bills: { answerKib: 100 } });
    const as = async (sub: string) => ({ authorization: `Bearer ${await tokenOf({ sub })}` });
    const first = await get({}, await as('greedy'));
    expect(rowsOf(await first.text())).toHaveLength(700);
    const second = await get({}, await as('greedy'));
    expect([second.status, (await second.json()).errors[0].extensions.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await get({}, await as('modest'))).status).toBe(200);
  });

  it('two of a caller are sent at once, and one that is left makes room', async () => {
    const ledger = await database.open();
    const ends = Promise.withResolvers<void>();
    let ended = 0;
    const { get } = await open(ledger, {
      tokens: TOKENS,
      exportPages: async function* () {
        try {
          yield [];
          await ends.promise;
        } finally {
          ended += 1;
        }
      },
    });
    const as = async (sub: string) => ({ authorization: `Bearer ${await tokenOf({ sub })}` });
    const one = await get({}, await as('busy'));
    const two = await get({}, await as('busy'));
    expect((await get({}, await as('busy'))).status).toBe(429);
    expect((await get({}, await as('other'))).status).toBe(200);
    await one.body?.cancel();
    ends.resolve();
    await two.text();
    await until(() => ended === 3);
    expect((await get({}, await as('busy'))).status).toBe(200);
  });
});
