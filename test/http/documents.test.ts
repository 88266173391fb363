/**
 * Promise: what the operator switches off of documents is off over HTTP and WebSocket alike. With a manifest
 * only its documents are run, by whatever hash a client names them.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createRequest, formatDocument, stringifyDocument } from '@urql/core';
import { parse, print } from 'graphql';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readManifests } from '../../src/config/manifest.ts';
import { openLedger, type Ledger } from '../../src/ledger/database/database.ts';
import { preparedEmbedded } from '../support/database.ts';
import { openFrontDoor, type FrontDoor, type FrontDoorOptions } from '../support/front-door.ts';

const ACCOUNTS = 'query Accounts { accounts { key } }';
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

let lite: Awaited<ReturnType<typeof preparedEmbedded>>;
let ledger: Ledger;
beforeAll(async () => {
  lite = await preparedEmbedded();
  ledger = await openLedger({ lite }, { clock: () => new Date(), newId: () => 'id' });
}, 60_000);
afterAll(async () => {
  await ledger.close();
  await lite.close();
});

async function open(options: FrontDoorOptions): Promise<FrontDoor> {
  const door = await openFrontDoor(ledger, options);
  onTestFinished(() => door.stop());
  return door;
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers of any shape; a test fails where they differ
type Answer = { readonly data?: any; readonly errors?: readonly any[] };

async function post(door: FrontDoor, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(door.url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

async function overSocket(door: FrontDoor, payload: Parameters<ReturnType<typeof createClient>['subscribe']>[0]) {
  const client = createClient({ url: door.socketUrl, retryAttempts: 0 });
  const answered = Promise.withResolvers<Answer>();
  client.subscribe(payload, {
    next: (value) => answered.resolve(JSON.parse(JSON.stringify(value))),
    error: (errors) => answered.resolve({ errors: JSON.parse(JSON.stringify(errors)) }),
    complete: () => answered.resolve({}),
  });
  const answer = await answered.promise;
  await client.dispose();
  return answer;
}

describe('what can be switched off', () => {
  const WAYS: readonly (readonly [string, (door: FrontDoor, query: string) => Promise<Answer>])[] = [
    ['HTTP', (door, query) => post(door, { query })],
    ['WebSocket', (door, query) => overSocket(door, { query })],
  ];

  it.each(WAYS)('the schema is not told over %s, and __typename is', async (_way, ask) => {
    const door = await open({ doors: { graphiql: true, introspection: false, hints: true } });
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Query") { name } }']) {
      const { data, errors } = await ask(door, query);
      expect([data, errors?.map(({ extensions }) => extensions.code)]).toEqual([
        undefined,
        ['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_VALIDATION_FAILED'].slice(0, errors?.length),
      ]);
      expect(errors?.length).toBeGreaterThan(0);
    }
    expect(await ask(door, '{ __typename accounts { __typename } }')).toMatchObject({ data: { __typename: 'Query' } });
  });

  it.each(WAYS)('names are not hinted at over %s', async (_way, ask) => {
    const wrong = '{ acounts { key } }';
    const doors = { graphiql: true, introspection: true, hints: true };
    expect(JSON.stringify(await ask(await open({ doors }), wrong))).toContain('Did you mean');
    const silent = await open({ doors: { ...doors, hints: false } });
    expect(JSON.stringify(await ask(silent, wrong))).not.toContain('Did you mean');
  });

  it('in variables neither', async () => {
    const query = 'query ($f: RefundFilter) { refunds(first: 1, filter: $f) { nodes { id } } }';
    const doors = { graphiql: true, introspection: true, hints: true };
    const asked = { query, variables: { f: { statuss: ['PENDING'] } } };
    expect(JSON.stringify(await post(await open({ doors }), asked))).toContain('Did you mean');
    const told = JSON.stringify(await post(await open({ doors: { ...doors, hints: false } }), asked));
    expect(told).toContain('statuss');
    expect(told).not.toContain('Did you mean');
  });

  it('GraphiQL is not shown', async () => {
    const door = await open({ doors: { graphiql: false, introspection: true, hints: true } });
    const page = await fetch(door.url, { headers: { accept: 'text/html' } });
    expect([page.ok, page.headers.get('content-type') ?? '']).toEqual([false, expect.not.stringContaining('html')]);
    expect(await page.text()).not.toContain('GraphiQL');
  });
});

describe('with a manifest', () => {
  const trusted = new Map([['accounts-1', ACCOUNTS]]);
  const data = { accounts: [{ key: 'chain' }, { key: 'market' }] };
  const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
  const REFUSED = { errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] };

  it.each([
    ["the manifest's own id", { id: 'accounts-1' }],
    ["Relay's id", { id: hash('md5', ACCOUNTS), query: null }],
    ["Relay's id under its older name", { doc_id: hash('md5', ACCOUNTS) }],
    ['the hash of the specification', { documentId: `sha256:${hash('sha256', ACCOUNTS)}` }],
    ["Code Generator's hash", { documentId: hash('sha1', ACCOUNTS) }],
    ['its own text', { query: ACCOUNTS }],
    ['its text as it is printed', { query: print(parse(ACCOUNTS)) }],
  ])('a document is run by %s', async (_name, asked) => {
    const door = await open({ trusted });
    expect(await post(door, asked)).toEqual({ data });
  });

  it('a document is run by the hash that Apollo sends, which adds __typename', async () => {
    const door = await open({ trusted });
    const sent: string[] = [];
    const link = new PersistedQueryLink({ sha256: (text) => hash('sha256', text) });
    const watch = new ApolloLink((operation, forward) => {
      sent.push(JSON.stringify(operation.extensions));
      return forward(operation);
    });
    const http = new HttpLink({ uri: door.url });
    const client = new ApolloClient({ link: ApolloLink.from([link, watch, http]), cache: new InMemoryCache() });
    const { data: got } = await client.query<typeof data>({ query: gql(ACCOUNTS) });
    client.stop();
    expect(got?.accounts.map(({ key }) => key)).toEqual(['chain', 'market']);
    expect(sent).toEqual([expect.stringContaining('sha256Hash')]);
  });

  it('a document is run by the hash that urql sends, which adds __typename in its way', async () => {
    const door = await open({ trusted });
    const { query } = createRequest(ACCOUNTS, {});
    const text = stringifyDocument(formatDocument(query));
    expect(text).toContain('__typename');
    expect(await post(door, persisted(hash('sha256', text)))).toMatchObject({
      data: { accounts: [{ key: 'chain' }, {}] },
    });
    const address = new URL(door.url);
    address.searchParams.set('extensions', JSON.stringify(persisted(hash('sha256', text)).extensions));
    expect(await (await fetch(address)).json()).toMatchObject({ data: { accounts: [{ key: 'chain' }, {}] } });
  });

  it('nothing else is run, whatever hash it comes with, over any transport', async () => {
    const door = await open({ trusted });
    const strange = '{ accounts { displayName } }';
    for (const asked of [
      { query: strange },
      { query: strange, id: 'accounts-1' },
      { query: strange, ...persisted(hash('sha256', ACCOUNTS)) },
      persisted(hash('sha256', strange)),
      { query: `${ACCOUNTS} #` },
      { query: '{ __schema { types { name } } }' },
      { id: 'constructor' },
      {},
    ]) {
      expect([asked, await post(door, asked)]).toMatchObject([asked, REFUSED]);
    }
    const get = await fetch(`${door.url}?query=${encodeURIComponent(strange)}`);
    expect(await get.json()).toMatchObject(REFUSED);
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const body = JSON.stringify({ query: 'subscription { refundEvents { cursor } }' });
    expect(await (await fetch(door.url, { method: 'POST', headers, body })).text()).toContain('DOCUMENT_NOT_TRUSTED');
    expect(await overSocket(door, { query: strange })).toMatchObject(REFUSED);
    expect(await overSocket(door, { query: ACCOUNTS })).toEqual({ data });
    expect(await overSocket(door, { query: '', ...persisted(hash('sha256', ACCOUNTS)) })).toEqual({ data });
  });
});

describe('a manifest', () => {
  const write = (text: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'manifest.json'), text);
    return join(folder, 'manifest.json');
  };

  it("is a map, or Apollo's list; each adds its documents", () => {
    const operations = [{ id: 'b', name: 'B', type: 'query', body: '{ b }' }];
    const apollo = write(JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }));
    const { documents, problems } = readManifests([write('{"a":"{ a }"}'), apollo]);
    expect([[...documents], problems]).toEqual([
      [
        ['a', '{ a }'],
        ['b', '{ b }'],
      ],
      [],
    ]);
  });

  it.each(['[]', '{"a":1}', 'no json', '{"a":"{ a"}'])('that is %s stops the start with a sentence', (text) => {
    const path = write(text);
    expect(readManifests([path]).problems).toEqual([
      { setting: 'TRUSTED_DOCUMENTS', problem: expect.stringContaining(path) },
    ]);
  });

  it('of our own documents is in the repository, and is what its name says', () => {
    const path = join(import.meta.dirname, '../../schema/generated/persisted-documents.json');
    const { documents, problems } = readManifests([path]);
    expect(problems).toEqual([]);
    for (const [id, body] of documents) expect(hash('sha256', body)).toBe(id);
    const folder = join(import.meta.dirname, '../../schema/documents');
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const operations = texts.flatMap((text) => text.match(/^(?:query|mutation|subscription) \w+/gm) ?? []);
    expect([...documents.values()].map((body) => body.split(/[({]/, 1)[0]?.trim()).toSorted()).toEqual(
      operations.toSorted(),
    );
  });
});
