/**
 * Promise: every wing keeps the same contract, over real HTTP against its simulation, which was written
 * independently from the provider's page. A fourth provider is asked the same.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { GraphQLInputObjectType, GraphQLObjectType } from 'graphql';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { schema } from '../../src/graphql/schema.ts';
import { openLedger, type Ledger } from '../../src/ledger/database/database.ts';
import { onUnreadableDetails } from '../../src/ledger/json/details.ts';
import { pageEvents } from '../../src/ledger/events.ts';
import { findRefunds } from '../../src/ledger/refund/refunds.ts';
import { ProviderError } from '../../src/providers/errors.ts';
import { accountSettings, openAccount } from '../../src/providers/index.ts';
import type { CallbackRequest, CreateCommand, ProviderAccount } from '../../src/providers/provider.ts';
import {
  merchantPaymentId,
  merchantRefundId,
  providerPaymentId,
  providerRefundId,
  type RefundRef,
} from '../../src/refunds/ids.ts';
import type { RefundLookup } from '../../src/refunds/observation.ts';
import { PROVIDERS } from '../../src/refunds/refund.ts';
import { observedAccount } from '../../src/services/observation/query.ts';
import { observe } from '../../src/services/observation/observe.ts';
import { preparedEmbedded } from '../support/database.ts';
import { SIMULATED } from '../../src/sandbox/providers.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { eventually } from '../sandbox/support/eventually.ts';

let sandbox: Sandbox;
let ledger: Ledger;
let lite: PGlite;
const heard: (CallbackRequest & { readonly path: string })[] = [];
const ear = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const contentType = request.headers['content-type'] ?? '';
    const { acknowledgement, headers: names = [] } =
      accounts.get((request.url ?? '').replace('/notify/', ''))?.callbacks ?? {};
    const headers = Object.fromEntries(
      names.flatMap((name) => {
        const value = request.headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      }),
    );
    heard.push({ path: request.url ?? '', contentType, body: Buffer.concat(chunks), headers });
    response.writeHead(200, { 'content-type': acknowledgement?.contentType ?? '' }).end(acknowledgement?.body);
  });
});
const accounts = new Map<string, ProviderAccount>();
let earUrl = '';

beforeAll(async () => {
  lite = await preparedEmbedded();
  ledger = await openLedger({ lite }, { clock: () => new Date(), newId: () => v7() });
  sandbox = await startSandbox({ refundsPerProvider: 30, life: { processingAfterMs: 30, doneAfterMs: 90 } });
  for (const settings of sandbox.config.accounts) {
    accounts.set(settings.key, open({ ...settings, timeoutMs: 1_000 }));
  }
  await new Promise<void>((resolve) => {
    ear.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = ear.address();
  earUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(async () => {
  for (const account of accounts.values()) await account.close();
  await sandbox.close();
  await ledger.close();
  await lite.close();
  ear.close();
}, 60_000);

const open = (settings: object): ProviderAccount =>
  openAccount(accountSettings.parse(settings), { clock: () => new Date(), random: Math.random });

async function control(path: string, body?: object): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${sandbox.urls.control}${path}`, init);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

describe.each(PROVIDERS)('%s', (provider) => {
  const { accountKey: key, createNames, seed } = SIMULATED[provider];
  const [demo = expect.unreachable()] = seed.demoPayments;
  /** The payment of the sandbox that creates are tried on, by the id that the provider wants. */
  const payment = { merchantPaymentId: null, providerPaymentId: null, [createNames]: demo[createNames] };
  const never = new AbortController().signal;
  const account = (): ProviderAccount => accounts.get(key) ?? expect.unreachable();

  const command = (more: Partial<CreateCommand> = {}): CreateCommand => ({
    ...payment,
    merchantRefundId: merchantRefundId(v7().replaceAll('-', '')),
    amount: { minorUnits: 1_292n, currency: account().currency },
    reason: '用户申请退货并退款',
    callbackUrl: `${earUrl}/notify/${key}`,
    details: null,
    ...more,
  });
  const lookup = (id: string): RefundLookup => ({
    merchantRefundId: merchantRefundId(id),
    providerRefundId: null,
    merchantPaymentId: payment.merchantPaymentId === null ? null : merchantPaymentId(payment.merchantPaymentId),
    providerPaymentId: payment.providerPaymentId === null ? null : providerPaymentId(payment.providerPaymentId),
  });
  const ask = async (id: string) => {
    const query = account().query(lookup(id));
    const found = await query?.send(never);
    return found?.observations.filter((one) => one.merchantRefundId === id);
  };
  const send = (asked: CreateCommand) => account().create?.send(asked, never);
  const executed = async (id: string): Promise<number> => {
    const report = z.record(z.string(), z.record(z.string(), z.object({ accepted: z.int() })));
    return report.parse(await control('/executed'))[provider]?.[id]?.accepted ?? 0;
  };

  beforeEach(async () => {
    await control('/behave/reset', {});
    // BluePay takes one refund of a payment at a time.
    await eventually(
      async () =>
        (await account().query(lookup('x'))?.send(never))?.observations.filter(
          ({ status }) => status === 'PROCESSING' || status === 'PENDING',
        ) ?? [],
      (unfinished) => unfinished.length === 0,
    );
  });

  test('can be queried by the ids that it names, and by no fewer', () => {
    const ids: RefundLookup = {
      merchantRefundId: merchantRefundId('1'),
      providerRefundId: providerRefundId('1'),
      merchantPaymentId: merchantPaymentId('1'),
      providerPaymentId: providerPaymentId('1'),
    };
    const { query, queriedBy } = account();
    for (let chosen = 0; chosen < 16; chosen += 1) {
      const has = (nth: number) => (chosen >> nth) % 2 === 1;
      const some: RefundLookup = {
        merchantRefundId: has(0) ? ids.merchantRefundId : null,
        providerRefundId: has(1) ? ids.providerRefundId : null,
        merchantPaymentId: has(2) ? ids.merchantPaymentId : null,
        providerPaymentId: has(3) ? ids.providerPaymentId : null,
      };
      const isNamed = queriedBy.some((way) => way.every((name) => some[name] !== null));
      expect([some, query(some) !== null]).toEqual([some, isNamed]);
    }
  });

  test('the schema says whether one id is enough', () => {
    const { lookupKeys } = z.instanceof(GraphQLObjectType).parse(schema.getType('ProviderCapabilities')).getFields();
    const [, exceptions = ''] =
      /One is enough, except at (.*?), which needs? both/.exec(lookupKeys?.description ?? '') ?? [];
    const needsBoth = account().queriedBy.some((way) => way.length > 1);
    expect(exceptions.includes(SIMULATED[provider].title)).toBe(needsBoth);
  });

  test('the schema says by which id of a payment a create names it', () => {
    const fields = z.instanceof(GraphQLInputObjectType).parse(schema.getType('CreateRefundInput')).getFields();
    for (const name of ['merchantPaymentId', 'providerPaymentId'] as const) {
      const isTaken = account().create?.rules.paymentKeys.includes(name) ?? false;
      expect([name, fields[name]?.description?.includes(SIMULATED[provider].title)]).toEqual([name, isTaken]);
    }
  });

  test('is reachable, and says so', async () => {
    await account().probe(never);
    expect(account().health().status).toBe('HEALTHY');
  });

  test('a refund that is made is found again with the same id, amount and payment, and ends', async () => {
    const asked = command();
    expect(await send(asked)).toMatchObject({
      kind: 'accepted',
      observation: { merchantRefundId: asked.merchantRefundId },
    });
    const [found] = await eventually(
      async () => (await ask(asked.merchantRefundId)) ?? [],
      ([one]) => one?.status === 'SUCCEEDED',
    );
    expect(found).toMatchObject({ provider, amount: asked.amount, failure: null, completedAt: expect.any(Date) });
  });

  test('what it tells is kept in the ledger and comes back as it was, the details of its own too', async () => {
    const asked = command();
    await send(asked);
    const told = (await ask(asked.merchantRefundId)) ?? [];
    expect(told).toHaveLength(1);
    const heardUnread: RefundRef[] = [];
    const stop = onUnreadableDetails((ref) => heardUnread.push(ref));
    await observe(ledger, observedAccount(account()), told, { via: 'QUERY', at: new Date() });
    const ref = { account: account().key, merchantRefundId: asked.merchantRefundId };
    const [kept] = await findRefunds(ledger.db, [ref]);
    const [event] = await pageEvents(ledger.db, ref, { direction: 'ASC', after: null, limit: 1 });
    stop();
    const { details, amount, status, createdAt } = told[0] ?? expect.unreachable();
    expect(kept).toMatchObject({ details, amount, status, createdAt });
    expect(event?.living.refund.details).toEqual(details);
    expect(heardUnread).toEqual([]);
  });

  test('has a page of its own, which the overview names, and samples of the provider', () => {
    const name = provider.toLowerCase();
    expect(readFileSync(`docs/providers/${name}.md`, 'utf8').length).toBeGreaterThan(500);
    const overview = readFileSync('docs/providers/README.md', 'utf8');
    expect(overview).toContain(`(${name}.md)`);
    const [columns = '', ...rows] = overview.split('\n').filter((line) => line.startsWith('|'));
    expect(columns).toContain(SIMULATED[provider].title);
    expect(rows.map((row) => row.split(' | ').length)).toEqual(rows.map(() => columns.split(' | ').length));
    expect(readdirSync(`test/fixtures/${name}`).length).toBeGreaterThan(0);
  });

  test('a refund that nobody made is not there, which is no error', async () => {
    expect(await ask('NOBODYMADETHIS')).toEqual([]);
  });

  test('more than the payment is refused in words, and nothing moves', async () => {
    const asked = command({ amount: { minorUnits: 10n ** 12n, currency: account().currency } });
    expect(await send(asked)).toMatchObject({ kind: 'refused', message: expect.stringMatching(/./) });
    expect(await executed(asked.merchantRefundId)).toBe(0);
  });

  test('the same create again never makes a second refund, by the rules that the wing states', async () => {
    const asked = command();
    await send(asked);
    const again = await send(asked);
    expect(await executed(asked.merchantRefundId)).toBe(1);
    const isHarmless = account().create?.rules.repeatIsHarmless;
    // Where a repeat is stated to be harmless it must not look like a no to the refund that exists.
    if (isHarmless) expect(['accepted', 'known', 'busy']).toContain(again?.kind);
  });

  test('an answer that is lost leaves the outcome unknown, whether or not the refund was made', async () => {
    await control('/behave', { provider, operations: ['create'], answerLost: true, times: 1 });
    const made = command();
    expect(await send(made)).toMatchObject({ kind: 'unknown', error: { sent: true } });
    expect(await executed(made.merchantRefundId)).toBe(1);
    await control('/behave', { provider, operations: ['create'], reset: true, times: 1 });
    expect(await send(command())).toMatchObject({ kind: 'unknown', error: { sent: true } });
  });

  test.each([
    ['garbage', { garbage: 'html' }],
    ['a 500', { status: 500 }],
    ['a hang', { hang: true }],
    ['a redirect', { redirect: true }],
  ])('a create that is answered by %s is unknown, never refused', async (_name, behaviour) => {
    await control('/behave', { provider, operations: ['create'], times: 1, ...behaviour });
    expect(await send(command())).toMatchObject({ kind: 'unknown' });
  });

  test('a create that never left is not sent, and says so', async () => {
    const settings = sandbox.config.accounts.find((one) => one.provider === provider);
    const nobody = open({ ...settings, baseUrl: 'http://127.0.0.1:1' });
    expect(await nobody.create?.send(command(), never)).toMatchObject({ kind: 'not-sent', error: { sent: false } });
    await nobody.close();
  });

  test.each([
    ['garbage', { garbage: 'truncated' }, 'malformed'],
    ['too much', { garbage: 'huge' }, 'malformed'],
    ['a 503', { status: 503 }, 'unavailable'],
    ['a hang', { hang: true }, 'timed-out'],
    ['a 401', { status: 401 }, 'misconfigured'],
  ])('a question that is answered by %s is a typed error without secrets', async (_name, behaviour, kind) => {
    // Of a refund that is there: half of a "no such refund" may be no more than a status.
    const { merchantRefundId } = command();
    await send({ ...command(), merchantRefundId });
    await control('/behave', { provider, operations: ['query', 'list'], ...behaviour });
    const error = await ask(merchantRefundId).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ kind, account: key });
    const secrets = Object.entries(sandbox.config.accounts.find((one) => one.provider === provider) ?? {})
      .filter(([name]) => /secret|key$/i.test(name) && name !== 'key')
      .map(([, value]) => value);
    expect(secrets.length).toBeGreaterThan(0);
    for (const secret of secrets)
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret);
  });

  test('its callback is believed as it came, and not with one byte or one of its headers changed', async () => {
    heard.length = 0;
    const asked = command();
    await send(asked);
    const isOurs = ({ path, body }: (typeof heard)[number]): boolean =>
      path === `/notify/${key}` && body.includes(asked.merchantRefundId);
    const callback = await eventually(
      () => Promise.resolve(heard.find(isOurs)),
      (one) => one !== undefined,
    );
    if (callback === undefined) expect.unreachable();
    const reading = account().callbacks?.read(callback);
    expect(reading).toMatchObject({
      kind: 'observation',
      observation: { merchantRefundId: asked.merchantRefundId, amount: asked.amount },
    });
    const text = callback.body.toString('latin1');
    const at = text.indexOf(asked.merchantRefundId);
    const forged = `${text.slice(0, at)}Z${text.slice(at + 1)}`;
    expect(at).toBeGreaterThan(0);
    expect(account().callbacks?.read({ ...callback, body: Buffer.from(forged, 'latin1') })).toMatchObject({
      kind: 'rejected',
    });
    for (const [name, value] of Object.entries(callback.headers)) {
      const changed = `${value.startsWith('0') ? '1' : '0'}${value.slice(1)}`;
      const { [name]: _left, ...without } = callback.headers;
      for (const headers of [{ ...callback.headers, [name]: changed }, without]) {
        expect(account().callbacks?.read({ ...callback, headers })).toMatchObject({ kind: 'rejected' });
      }
    }
  });
});
