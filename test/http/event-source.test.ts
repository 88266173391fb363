/**
 * Promise: a browser's own EventSource carries on by itself, without a gap or a repeat, and stops where it is
 * refused.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventSource, MessageEvent } from 'undici';
import { expect, it, onTestFinished, vi } from 'vitest';
import { refundGlobalId } from '../../src/graphql/relay/global-id.ts';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { wholeLog, write } from '../feed/writing.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor } from '../support/front-door.ts';

/** Without `cursor`: the browser keeps the place, not the page. */
const EVENTS = 'subscription ($after: EventCursor) { refundEvents(after: $after) { refund { merchantRefundId } } }';
const UPDATES = 'subscription ($id: ID!) { refundUpdated(id: $id) { refund { merchantRefundId } } }';

const address = (url: string, query: string, variables: object = {}): string =>
  `${url}?${new URLSearchParams({ query, variables: JSON.stringify(variables) }).toString()}`;

function open(url: string) {
  const heard: { readonly id: string; readonly data: string }[] = [];
  const source = new EventSource(url);
  onTestFinished(() => source.close());
  source.addEventListener('next', (event) => {
    if (event instanceof MessageEvent) heard.push({ id: event.lastEventId, data: event.data });
  });
  return { source, heard };
}

/** The beginning of a stream, as text. */
async function read(url: string, headers: Record<string, string>, until: (text: string) => boolean) {
  const leaving = new AbortController();
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: leaving.signal });
  let text = '';
  for await (const part of response.body ?? []) {
    text += Buffer.from(part).toString();
    if (until(text)) break;
  }
  leaving.abort();
  return { status: response.status, headers: response.headers, text };
}

const DOCS = readFileSync(join(import.meta.dirname, '../../docs/frontend.md'), 'utf8');

/** A block of the docs as a module. */
async function fromDocs(beginning: string) {
  const code = DOCS.split('```js\n')
    .find((block) => block.startsWith(beginning))
    ?.split('```')[0];
  if (code === undefined) throw new Error(`docs/frontend.md has no ${beginning}`);
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyFileSync(
    join(import.meta.dirname, '../../schema/generated/graphcache-keys.json'),
    join(folder, 'graphcache-keys.json'),
  );
  writeFileSync(join(folder, 'docs.mjs'), code);
  return import(join(folder, 'docs.mjs'));
}

it('is the keys of Graphcache that the docs make', async () => {
  const { keys } = await fromDocs('// keys.js');
  expect([keys.Refund({ id: 'x' }), keys.Money({ amount: '1' })]).toEqual(['x', null]);
});

describeOnEachDatabase('an EventSource', (database) => {
  const tell = (ledger: Ledger, ...refunds: readonly number[]) =>
    write(ledger, { refunds, finished: false, holdMs: 0, undone: false });

  it('carries on at the next server behind the last event, also where none had come', { timeout: 60_000 }, async () => {
    const ledger = await database.open();
    const first = await openFrontDoor(ledger);
    const port = Number(new URL(first.url).port);
    const early = open(address(first.url, EVENTS));
    await vi.waitFor(() => expect(first.feed.followers()).toBe(1), 5_000);
    await tell(ledger, 0, 1);
    await vi.waitFor(() => expect(early.heard).toHaveLength(2), 5_000);
    const silent = open(address(first.url, EVENTS));
    await vi.waitFor(() => expect(first.feed.followers()).toBe(2), 5_000);
    await first.stop();
    await tell(ledger, 2);
    const second = await openFrontDoor(ledger, { port });
    onTestFinished(() => second.stop());
    await vi.waitFor(() => expect(second.feed.followers()).toBe(2), 20_000);
    await tell(ledger, 3, 4);

    const log = (await wholeLog(ledger)).map(second.feed.cursors.write);
    await vi.waitFor(() => expect(early.heard.map(({ id }) => id)).toEqual(log), 10_000);
    await vi.waitFor(() => expect(silent.heard.map(({ id }) => id)).toEqual(log.slice(2)), 10_000);
  });

  it('is sent an id with each event, the last of which wins over `after`, and no proxy keeps it back', async () => {
    const ledger = await database.open();
    const door = await openFrontDoor(ledger);
    onTestFinished(() => door.stop());
    await tell(ledger, 0, 1, 2);
    const log = (await wholeLog(ledger)).map(door.feed.cursors.write);
    const ids = (text: string) => [...text.matchAll(/event: next\nid: (.*)\ndata: \{"data":/g)].map(([, id]) => id);
    const events = (many: number) => (text: string) => ids(text).length === many;
    const url = address(door.url, EVENTS, { after: log[0] });

    const { headers, status, text } = await read(url, {}, events(2));
    expect([status, headers.get('content-type'), headers.get('x-accel-buffering')]).toEqual([
      200,
      'text/event-stream',
      'no',
    ]);
    expect(ids(text)).toEqual(log.slice(1));
    // Where it begins, before any event.
    expect(text.startsWith(`:\n\nid: ${log[0]}\n\nevent: next\n`)).toBe(true);
    expect(ids((await read(url, { 'last-event-id': log[1] ?? '' }, events(1))).text)).toEqual(log.slice(2));
    const bad = address(door.url, EVENTS, { after: 'bad' });
    expect(ids((await read(bad, { 'last-event-id': log[1] ?? '' }, events(1))).text)).toEqual(log.slice(2));
  });

  it('is followed with the lines of the docs', async () => {
    const ledger = await database.open();
    const door = await openFrontDoor(ledger);
    onTestFinished(() => door.stop());
    vi.stubGlobal('EventSource', EventSource);
    onTestFinished(() => void vi.unstubAllGlobals());
    const { follow } = await fromDocs('export function follow');
    const next = vi.fn<(result: unknown) => void>();
    const refused = vi.fn<() => void>();
    onTestFinished(follow(door.url, EVENTS, {}, { next, refused }));
    await vi.waitFor(() => expect(door.feed.followers()).toBe(1), 5_000);
    await tell(ledger, 0);
    const told = { data: { refundEvents: { refund: { merchantRefundId: 'R0' } } } };
    await vi.waitFor(() => expect(next.mock.calls).toEqual([[told]]), 5_000);
    expect(refused).not.toHaveBeenCalled();
    onTestFinished(follow(door.url, EVENTS, { after: 'bad' }, { next, refused }));
    await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce(), 5_000);
  });

  it('stops where it is refused', async () => {
    const ledger = await database.open();
    const door = await openFrontDoor(ledger);
    onTestFinished(() => door.stop());
    await tell(ledger, 0);
    const id = refundGlobalId({ account: accountKey('chain'), merchantRefundId: merchantRefundId('nobody') });
    const good = address(door.url, EVENTS);
    const cases = [
      [address(door.url, EVENTS, { after: 'bad' }), {}, 400, { code: 'BAD_USER_INPUT', argument: 'after' }],
      [address(door.url, EVENTS, { after: 'e1-1-xxxx' }), {}, 400, { code: 'BAD_USER_INPUT', argument: 'after' }],
      [good, { 'last-event-id': 'bad' }, 400, { code: 'BAD_USER_INPUT', argument: 'Last-Event-ID' }],
      [address(door.url, UPDATES, { id: 'bad' }), {}, 400, { code: 'BAD_USER_INPUT', argument: 'id' }],
      [address(door.url, UPDATES, {}), {}, 400, { code: 'BAD_USER_INPUT' }],
      [address(door.url, UPDATES, { id }), {}, 404, { code: 'NOT_FOUND' }],
      [address(door.url, 'subscription { nothing }'), {}, 400, { code: 'GRAPHQL_VALIDATION_FAILED' }],
      [address(door.url, 'subscription {'), {}, 400, { code: 'GRAPHQL_PARSE_FAILED' }],
      [`${door.url}?x=1`, {}, 400, { code: 'BAD_REQUEST' }],
    ] as const;
    for (const [url, headers, status, extensions] of cases) {
      const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers } });
      expect([response.status, await response.json()]).toMatchObject([status, { errors: [{ extensions }] }]);
    }
    const { source, heard } = open(address(door.url, UPDATES, { id }));
    await vi.waitFor(() => expect(source.readyState).toBe(EventSource.CLOSED), 5_000);
    expect(heard).toEqual([]);
    expect(door.feed.followers()).toBe(0);
  });
});
