/** What many calls to one account mean for each other: repeated reads, the line, the breaker, health. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProviderError } from '../../../src/providers/errors.ts';
import { createTransport, type TransportRequest } from '../../../src/providers/http/transport.ts';
import type { OperatorEvent } from '../../../src/operator/event.ts';
import { accountKey } from '../../../src/refunds/ids.ts';
import { answer, hang, json, later, reset, startStub, type Step, type StubServer } from '../../support/stub-server.ts';

const NEVER = new AbortController().signal;
const read: TransportRequest = { operation: 'list refunds', method: 'GET', path: '/', headers: {}, repeatable: true };
const create: TransportRequest = { ...read, operation: 'create refund', method: 'POST', body: '{}', repeatable: false };

let stub: StubServer;
let now = 0;
let tries: Extract<OperatorEvent, { readonly kind: 'call-answered' | 'call-failed' }>[];
let breakerStates: string[];
const cleanups: (() => Promise<void>)[] = [];

beforeEach(async () => {
  stub = await startStub();
  now = 1_000_000;
  tries = [];
  breakerStates = [];
});
afterEach(async () => {
  await stub.close();
  await Promise.all(cleanups.splice(0).map((close) => close()));
});

function open(more: Partial<Parameters<typeof createTransport>[0]> = {}) {
  const transport = createTransport({
    account: accountKey('library'),
    baseUrl: stub.url,
    timeoutMs: 5_000,
    clock: () => new Date(now),
    random: () => 0.1,
    tell: (event) => {
      if (event.kind === 'call-answered' || event.kind === 'call-failed') tries.push(event);
      if (event.kind === 'breaker-changed') breakerStates.push(event.state);
    },
    ...more,
  });
  cleanups.push(transport.close);
  return transport;
}

const settled = (call: Promise<unknown>): Promise<unknown> => call.catch((problem: unknown) => problem);
const failure = async (call: Promise<unknown>): Promise<ProviderError> => {
  const problem = await settled(call);
  if (!(problem instanceof ProviderError)) throw new Error('expected a ProviderError');
  return problem;
};

describe('a read is repeated', () => {
  test('after what may pass, and the third answer counts', async () => {
    stub.next(json({}, 503), reset, json({ fine: true }));
    expect(await open().send(read, NEVER)).toEqual({ json: { fine: true } });
    expect(tries.map(({ attempt, outcome }) => `${attempt} ${outcome}`)).toEqual([
      '1 unavailable',
      '2 unavailable',
      '3 ok',
    ]);
  });

  test('at most twice', async () => {
    stub.always(json({}, 503));
    expect((await failure(open().send(read, NEVER))).kind).toBe('unavailable');
    expect(stub.requests).toHaveLength(3);
  });

  test('with a request made anew each time', async () => {
    stub.next(json({}, 503), json({}, 503), json({}));
    let made = 0;
    await open().send(() => ({ ...read, path: `/?t=${++made}` }), NEVER);
    expect(stub.requests.map(({ path }) => path)).toEqual(['/?t=1', '/?t=2', '/?t=3']);
  });

  test('also when the wing calls the answer unavailable', async () => {
    stub.next(json({ code: 21_000 }), json({ code: 10_000 }));
    const busy = new ProviderError({
      ...read,
      kind: 'unavailable',
      account: accountKey('library'),
      message: 'busy',
      sent: true,
    });
    const judge: TransportRequest['checkAnswer'] = (body) => (JSON.stringify(body).includes('21000') ? busy : null);
    expect(await open().send({ ...read, checkAnswer: judge }, NEVER)).toEqual({ json: { code: '10000' } });
  });

  test.each<[string, Step]>([
    ['"too many requests"', json({}, 429)],
    ['a rejection', json({}, 400)],
    ['a wrong key', json({}, 401)],
    ['a redirect', answer(301, { location: '/' })],
    ['an answer that makes no sense', json('<html>')],
  ])('but not after %s', async (_name, step) => {
    stub.always(step);
    await failure(open().send(read, NEVER));
    expect(stub.requests).toHaveLength(1);
  });

  test('within the one deadline', async () => {
    stub.next(later(200, json({}, 503)));
    stub.always(hang);
    const started = performance.now();
    expect((await failure(open({ timeoutMs: 400 }).send(read, NEVER))).kind).toBe('timed-out');
    expect(performance.now() - started).toBeLessThan(650);
    expect(stub.requests).toHaveLength(2);
  });

  test('and a pause that meets the deadline ends with the failure there was', async () => {
    stub.always(json({}, 503));
    // A chance far out of its range makes a pause that is longer than any deadline here.
    const error = await failure(open({ timeoutMs: 1_000, random: () => 100 }).send(read, NEVER));
    expect(error).toMatchObject({ kind: 'unavailable', httpStatus: 503 });
    expect(stub.requests).toHaveLength(1);
  });
});

test.each<[string, Step, string]>([
  ['503', json({}, 503), 'unavailable'],
  ['429', json({}, 429), 'try-later'],
  ['a reset', reset, 'unavailable'],
])('a create is never repeated: %s', async (_name, step, kind) => {
  stub.always(step);
  expect(await failure(open().send(create, NEVER))).toMatchObject({ kind, sent: true });
  expect(stub.requests).toHaveLength(1);
});

test('a create has a connection of its own, which no call has used before or will use after it', async () => {
  const used = new Map<number | undefined, string[]>();
  stub.always((response, request, socket) => {
    used.set(socket.remotePort, [...(used.get(socket.remotePort) ?? []), request.method]);
    response.end('{}');
  });
  const transport = open();
  for (const request of [read, read, create, create, read, create]) await transport.send(request, NEVER);
  expect([...used.values()].filter((methods) => methods.includes('POST'))).toEqual([['POST'], ['POST'], ['POST']]);
});

describe('the line', () => {
  test('lets no more through at once than allowed, and everybody in the end', async () => {
    stub.always(later(5, json({})));
    const transport = open({ maxConcurrency: 3 });
    await Promise.all(Array.from({ length: 40 }, () => transport.send(create, NEVER)));
    expect(stub.requests).toHaveLength(40);
    expect(stub.mostAtOnce()).toBe(3);
  });

  test('waiting in it counts against the deadline, and what waits is not sent', async () => {
    stub.always(hang);
    const transport = open({ maxConcurrency: 1, timeoutMs: 250 });
    const first = failure(transport.send(create, NEVER));
    await expect.poll(() => stub.open(), { interval: 5 }).toBe(1);
    const started = performance.now();
    const second = failure(transport.send(create, AbortSignal.timeout(100)));
    expect(await second).toMatchObject({ kind: 'timed-out', sent: false });
    expect(performance.now() - started).toBeLessThan(220);
    expect(await first).toMatchObject({ kind: 'timed-out', sent: true });
    expect(stub.requests).toHaveLength(1);
  });

  test('keeps nobody out after calls that were given up', async () => {
    stub.next(hang, hang);
    stub.always(json({}));
    const transport = open({ maxConcurrency: 2 });
    const caller = new AbortController();
    const given = [1, 2, 3, 4].map(() => settled(transport.send(create, caller.signal)));
    await expect.poll(() => stub.open(), { interval: 5 }).toBe(2);
    caller.abort();
    await Promise.all(given);
    await Promise.all([1, 2, 3, 4].map(() => transport.send(create, NEVER)));
    expect(stub.requests).toHaveLength(6);
  });
});

describe('the breaker', () => {
  const breaker = { failures: 3, halfOpenAfterMs: 150 };

  async function broken() {
    const transport = open({ breaker });
    stub.next(json({}, 500), json({}, 500), json({}, 500));
    for (let call = 0; call < 3; call++) await failure(transport.send(create, NEVER));
    expect(breakerStates).toEqual(['open']);
    return transport;
  }

  test('opens after failures in a row: the next call is not sent', async () => {
    const transport = await broken();
    expect(await failure(transport.send(read, NEVER))).toMatchObject({ kind: 'unavailable', sent: false });
    expect(stub.requests).toHaveLength(3);
    expect(transport.health().status).toBe('UNAVAILABLE');
  });

  test('lets one call try, not waited for by others, and closes when it goes well', async () => {
    const transport = await broken();
    await wait(170);
    stub.next(later(60, json({ back: true })));
    stub.always(json({}));
    const trial = transport.send(create, NEVER);
    await expect.poll(() => stub.open(), { interval: 5 }).toBe(1);
    expect(await failure(transport.send(create, NEVER))).toMatchObject({ kind: 'unavailable', sent: false });
    expect(await trial).toEqual({ json: { back: true } });
    await transport.send(create, NEVER);
    expect(breakerStates).toEqual(['open', 'half-open', 'closed']);
    expect(stub.requests).toHaveLength(5);
  });

  test('opens again when the trial fails', async () => {
    const transport = await broken();
    await wait(170);
    stub.next(json({}, 500));
    await failure(transport.send(create, NEVER));
    expect(breakerStates).toEqual(['open', 'half-open', 'open']);
    expect((await failure(transport.send(create, NEVER))).sent).toBe(false);
  });

  test('does not close because a trial was given up', async () => {
    const transport = await broken();
    await wait(170);
    stub.next(hang);
    await failure(transport.send(create, AbortSignal.timeout(40)));
    expect(breakerStates).toEqual(['open', 'half-open', 'open']);
  });

  test.each<[string, Step]>([
    ['rejections', json({ code: '1' }, 400)],
    ['wrong keys', json({}, 401)],
    ['"too many requests"', json({}, 429)],
    ["HTTP 500 in the provider's own words", json({ code: 'OWN' }, 500)],
  ])('does not open on %s, which also end a row of failures', async (_name, step) => {
    const transport = open({ breaker });
    const own = new ProviderError({
      ...create,
      kind: 'try-later',
      account: accountKey('library'),
      message: 'own',
      sent: true,
    });
    const readFailure: TransportRequest['readFailure'] = (body) => (JSON.stringify(body).includes('OWN') ? own : null);
    stub.next(json({}, 500), json({}, 500), step, json({}, 500), json({}, 500), step, step, step, step);
    for (let call = 0; call < 9; call++) await failure(transport.send({ ...create, readFailure }, NEVER));
    expect(stub.requests).toHaveLength(9);
    expect(breakerStates).toEqual([]);
  });

  test('does not open because callers give up', async () => {
    const transport = open({ breaker });
    stub.always(hang);
    const caller = new AbortController();
    const calls = [1, 2, 3, 4].map(() => settled(transport.send(create, caller.signal)));
    await expect.poll(() => stub.open(), { interval: 5 }).toBe(4);
    caller.abort();
    await Promise.all(calls);
    expect(breakerStates).toEqual([]);
    expect(tries.map(({ outcome }) => outcome)).toEqual(Array(4).fill('abandoned'));
    expect(transport.health().status).toBe('UNKNOWN');
  });

  test('opens on answers that make no sense', async () => {
    const transport = open({ breaker });
    stub.always(json('?'));
    for (let call = 0; call < 3; call++) await failure(transport.send(create, NEVER));
    expect(breakerStates).toEqual(['open']);
  });

  test('opens on deadlines', async () => {
    const transport = open({ breaker, timeoutMs: 100 });
    stub.always(hang);
    await Promise.all([1, 2, 3].map(() => failure(transport.send(create, NEVER))));
    expect(breakerStates).toEqual(['open']);
  });
});

test('"slow down" spreads the calls of the account, and what goes well since lets them go again', async () => {
  const transport = open({ clock: () => new Date() });
  const arrivals: number[] = [];
  const noting =
    (step: Step): Step =>
    (...request) => {
      arrivals.push(performance.now());
      return step(...request);
    };
  stub.next(...[1, 2, 3].map(() => noting(json({}, 429))));
  stub.always(noting(json({})));
  for (let call = 0; call < 3; call++) await failure(transport.send(create, NEVER));
  for (let call = 0; call < 6; call++) await transport.send(create, NEVER);
  const gaps = arrivals.slice(1).map((at, index) => at - (arrivals[index] ?? at));
  // After three of them half a second, halved by each call that goes well.
  expect(gaps[2]).toBeGreaterThan(400);
  expect(gaps[7]).toBeLessThan(400);
  expect(transport.health().status).toBe('HEALTHY');
  expect(breakerStates).toEqual([]);
});

test('health follows the calls', async () => {
  const transport = open();
  expect(transport.health()).toEqual({ status: 'UNKNOWN', lastSuccessAt: null, lastFailure: null });

  stub.next(json({}));
  await transport.send(read, NEVER);
  expect(transport.health()).toEqual({ status: 'HEALTHY', lastSuccessAt: new Date(now), lastFailure: null });

  now += 1_000;
  stub.next(json({}, 500));
  await failure(transport.send(create, NEVER));
  const failedAt = new Date(now);
  expect(transport.health()).toEqual({
    status: 'DEGRADED',
    lastSuccessAt: new Date(now - 1_000),
    lastFailure: {
      at: failedAt,
      code: 'UNAVAILABLE',
      message: 'library: create refund: the provider answered HTTP 500',
    },
  });

  now += 1_000;
  stub.next(json({}, 400), json({}));
  await failure(transport.send(create, NEVER));
  expect(transport.health().lastFailure?.at).toEqual(failedAt);
  await transport.send(create, NEVER);
  expect(transport.health()).toMatchObject({ status: 'DEGRADED', lastSuccessAt: new Date(now) });

  now += 60_000;
  expect(transport.health()).toMatchObject({ status: 'HEALTHY', lastFailure: { at: failedAt } });
});

describe('refunds, jobs and reads have their own', () => {
  test('places: a crowd of reads holds up no create and no question of a job', async () => {
    stub.always(hang);
    const transport = open({ maxConcurrency: 8 });
    const leaving = new AbortController();
    const reads = Array.from({ length: 40 }, () => settled(transport.send(read, leaving.signal)));
    await vi.waitFor(() => expect(stub.open()).toBe(5));
    stub.always(json({ fine: true }));
    expect(await transport.in('refunds').send(create, NEVER)).toEqual({ json: { fine: true } });
    expect(await transport.in('jobs').send(read, NEVER)).toEqual({ json: { fine: true } });
    expect(stub.mostAtOnce()).toBeLessThanOrEqual(8);
    leaving.abort();
    await Promise.all(reads);
  });

  test('breaker: reads that fail stop no create', async () => {
    stub.always(reset);
    const transport = open();
    for (let call = 0; call < 3; call++) await settled(transport.send(read, NEVER));
    expect(breakerStates).toEqual(['open']);
    const { message } = await failure(transport.send(read, NEVER));
    expect(message).toContain('not tried');
    stub.always(json({ fine: true }));
    expect(await transport.in('refunds').send(create, NEVER)).toEqual({ json: { fine: true } });
    expect(await transport.in('jobs').send(read, NEVER)).toEqual({ json: { fine: true } });
  });

  test('gaps: reads that wait for their turn after "slow down" stand in front of no create', async () => {
    const time = () => new Date();
    stub.next(json({}, 429), json({}, 429), json({}, 429), json({}, 429));
    stub.always(json({ fine: true }));
    const transport = open({ clock: time });
    for (let call = 0; call < 4; call++) await settled(transport.send(read, NEVER));
    const leaving = new AbortController();
    const reads = Array.from({ length: 20 }, () => settled(transport.send(read, leaving.signal)));
    const before = performance.now();
    await transport.in('refunds').send(create, NEVER);
    expect(performance.now() - before).toBeLessThan(2_500);
    leaving.abort();
    await Promise.all(reads);
  });

  test('lines: what would wait behind too many is refused at once', async () => {
    stub.always(hang);
    const transport = open({ maxConcurrency: 1 });
    const leaving = new AbortController();
    const waiting = Array.from({ length: 17 }, () => settled(transport.send(read, leaving.signal)));
    await vi.waitFor(() => expect(stub.open()).toBe(1));
    const { message, kind, sent } = await failure(transport.send(read, NEVER));
    expect([kind, sent, message]).toEqual(['unavailable', false, expect.stringContaining('too many calls wait')]);
    leaving.abort();
    await Promise.all(waiting);
  });
});
