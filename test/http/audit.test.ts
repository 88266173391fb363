/** The GraphQL-over-HTTP specification, by its reference audit: every MUST, SHOULD and MAY. */
import { request, type IncomingMessage } from 'node:http';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({ sandbox: { refundsPerProvider: 10 } });
}, 60_000);
afterAll(() => server.stop());

describe('GraphQL over HTTP', () => {
  // The names of the audits are known without a server; its address only when it runs.
  const names = serverAudits({ url: 'http://localhost' }).map(({ name }) => name);
  test.each(names)('%s', async (name) => {
    const audit = serverAudits({ url: `${server.url}/graphql` }).find((each) => each.name === name);
    const result = await audit?.fn();
    expect(result).toMatchObject({ status: 'ok' });
  });
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
  'a body as %j, which any web page could send, is refused before it is read',
  async (contentType) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: contentType === '' ? {} : { 'content-type': contentType },
      body: new TextEncoder().encode('query=%7B__typename%7D'),
    });
    expect(response.status).toBe(415);
  },
);

test('a page that has its own name point here reads nothing: names that are not ours are refused', async () => {
  const asked = async (host: string) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const path = '/graphql?query={__typename}';
      request(`${server.url}${path}`, { headers: { host } }, resolve).once('error', reject).end();
    });
    response.resume();
    return response.statusCode;
  };
  const { port } = new URL(server.url);
  expect(await Promise.all([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].map(asked))).toEqual([
    200, 200, 200,
  ]);
  expect(await Promise.all([`evil.example:${port}`, 'evil.example', '127.0.0.1.evil.example'].map(asked))).toEqual(
    Array(3).fill(403),
  );
});

test('behind a proxy the server goes by its public name, and so do its own pages', async () => {
  const behind = await startServerUnderTest({
    sandbox: { refundsPerProvider: 1 },
    variables: { PUBLIC_URL: 'https://refunds.example' },
  });
  const asked = async (headers: Readonly<Record<string, string>>) => {
    const body = '{"query":"{__typename}"}';
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const asking = request(
        `${behind.url}/graphql`,
        { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
        resolve,
      );
      asking.once('error', reject).end(body);
    });
    response.resume();
    return response.statusCode;
  };
  const host = 'refunds.example';
  expect(await asked({ host })).toBe(200);
  expect(await asked({ host, origin: 'https://refunds.example' })).toBe(200);
  expect(await asked({ host, origin: 'https://evil.example' })).toBe(403);
  await behind.stop();
}, 60_000);

test('a page of another origin is not let in; one of this machine is', async () => {
  const allowed = async (origin: string) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    return response.headers.get('access-control-allow-origin');
  };
  expect(await allowed('https://evil.example')).toBeNull();
  expect(await allowed('http://localhost:3000')).toBe('http://localhost:3000');
});

test('health is matched on the exact path, whatever a query ends in', async () => {
  expect(await (await fetch(`${server.url}/health/live`)).json()).toEqual({ status: 'live' });
  expect(await (await fetch(`${server.url}/health/ready`)).json()).toEqual({ status: 'ready' });
  const query = encodeURIComponent('{ __typename }');
  const response = await fetch(`${server.url}/graphql?query=${query}&x=/health`);
  expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
  expect((await fetch(`${server.url}/health/live/`)).status).toBe(404);
});

test('GraphiQL comes whole from this server: its page names no other host to load from', async () => {
  const response = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } });
  const page = await response.text();
  expect(page).toContain('GraphiQL');
  const loads = [...page.matchAll(/<(?:script|link|img)\b[^>]*\b(?:src|href)=["']?(https?:)?\/\/[^"'\s>]+/gi)];
  expect(loads.map(([tag]) => tag)).toEqual([]);
});

test('the page of GraphiQL is packed for those who take it, and the same for the others', async () => {
  const page = async (encoding: string) => {
    const headers = { accept: 'text/html', 'accept-encoding': encoding };
    const response = await fetch(`${server.url}/graphql`, { headers });
    const text = await response.text();
    return [response.status, response.headers.get('content-encoding'), response.headers.get('vary'), text] as const;
  };
  const [status, encoding, vary, plain] = await page('identity');
  expect([status, encoding, vary]).toEqual([200, null, 'Origin, Accept-Encoding']);
  expect(plain).toContain('GraphiQL');
  for (let count = 0; count < 2; count += 1) expect(await page('gzip, br')).toEqual([200, 'gzip', vary, plain]);
});

test('a document of a million tokens is refused while it is read', async () => {
  const { errors } = await server.ask(`{ ${'a '.repeat(100_000)} }`);
  expect(errors?.[0].message).toMatch(/token/);
});

test('the figures name every account that was called, and no secret', async () => {
  await server.ask('{ __typename }');
  const figures = async () => (await fetch(`${server.url}/metrics`)).text();
  await expect.poll(figures).toContain('refund_graph_provider_call_seconds_count{account="chain"');
  const text = await figures();
  expect(text).toContain('refund_graph_http_request_seconds_count{route="/graphql",status="200"}');
  for (const { secret, privateKey, appKey } of server.sandbox.config.accounts.map(
    (one): Record<string, string> => one,
  )) {
    for (const hidden of [secret, privateKey, appKey]) if (hidden !== undefined) expect(text).not.toContain(hidden);
  }
});
