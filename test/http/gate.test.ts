/**
 * Promise: whatever the Host, the page or the Upgrade of a request, it is refused or answered in a sentence.
 * Browsers are told with every answer what they may do with it.
 */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pagesNearby, pagesWithTokens } from '../../src/http/browser/origin.ts';
import { openLedger, type Ledger } from '../../src/ledger/database/database.ts';
import { preparedEmbedded } from '../support/database.ts';
import { openFrontDoor, type FrontDoor } from '../support/front-door.ts';

const QUERY = JSON.stringify({ query: '{ accounts { key } }' });
const ALLOWED = 'https://refunds.example';
const STRANGE = 'https://evil.example';

describe('the gate', () => {
  let lite: Awaited<ReturnType<typeof preparedEmbedded>>;
  let ledger: Ledger;
  let door: FrontDoor;
  beforeAll(async () => {
    lite = await preparedEmbedded();
    let made = 0;
    const newId = () => `00000000-0000-7000-8000-${String((made += 1)).padStart(12, '0')}`;
    ledger = await openLedger({ lite }, { clock: () => new Date(), newId });
    door = await openFrontDoor(ledger, {
      allowsOrigin: pagesWithTokens([ALLOWED]),
      notify: (_asked, answer) => void answer.writeHead(204).end(),
    });
  }, 60_000);
  afterAll(async () => {
    await door.stop();
    await ledger.close();
    await lite.close();
  });

  /** By hand, because `fetch` sets Host and Upgrade by itself. */
  async function ask(path: string, headers: Record<string, string | string[]>, method = 'POST') {
    const { hostname, port } = new URL(door.url);
    const body = method === 'POST' ? QUERY : '';
    const sent = request({ hostname, port, path, method, headers: { 'content-type': 'application/json', ...headers } });
    const answered = once(sent, 'response');
    sent.end(body);
    const [answer] = await answered;
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  }

  it.each(['x:99999', '[::1', 'a b', '@', 'x/graphql?query={__typename}#', 'x y:80', 'käse', '%00', 'a,b', 'x:'])(
    'refuses the Host %j in a sentence',
    async (host) => {
      const { hostname, port } = new URL(door.url);
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
          `content-length: ${QUERY.length}\r\n\r\n${QUERY}`,
        'latin1',
      );
      const answer = await text(socket);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).not.toMatch(/\bat \/|node_modules|TypeError/);
    },
  );

  it('takes the names that servers have, and one of them', async () => {
    for (const host of ['refunds.example', 'REFUNDS.example:8443', '[::1]:4000', '10.0.0.7', 'refund_graph']) {
      expect((await ask('/graphql', { host })).status).toBe(200);
    }
    const { hostname, port } = new URL(door.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET /health/live HTTP/1.1\r\nhost: a.example\r\nhost: b.example\r\nconnection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('tells every answer that it is no page, and not to be kept', async () => {
    const paths = ['/graphql', '/health/live', '/nothing', '/notify/chain', '/'];
    for (const path of paths) {
      for (const method of ['GET', 'POST']) {
        const { headers } = await ask(path, {}, method);
        expect([path, headers]).toMatchObject([
          path,
          {
            'x-content-type-options': 'nosniff',
            'cache-control': 'no-store',
            'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
            'x-request-id': expect.any(String),
          },
        ]);
      }
    }
    const page = await ask('/graphql', { accept: 'text/html' }, 'GET');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  });

  it('lets the pages that are allowed read every answer, refusals too, and no other page anything', async () => {
    const cases: readonly [path: string, headers: Record<string, string>, method: string, status: number][] = [
      ['/graphql', {}, 'POST', 200],
      ['/graphql', { 'content-type': 'text/plain' }, 'POST', 415],
      ['/graphql', {}, 'PUT', 405],
      ['/nothing', {}, 'GET', 404],
    ];
    for (const [path, headers, method, status] of cases) {
      const mine = await ask(path, { ...headers, origin: ALLOWED }, method);
      expect([mine.status, mine.headers['access-control-allow-origin']]).toEqual([status, ALLOWED]);
      expect(mine.headers.vary).toContain('Origin');
      expect(mine.headers['access-control-expose-headers']).toContain('retry-after');
      const strange = await ask(path, { ...headers, origin: STRANGE }, method);
      expect([strange.status, strange.headers['access-control-allow-origin']]).toEqual([403, undefined]);
      expect(strange.headers.vary).toContain('Origin');
    }
  });

  it('answers the question of a browser before a call, and lets it be remembered', async () => {
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
    const mine = await ask('/graphql', { ...asked, origin: ALLOWED }, 'OPTIONS');
    expect(mine).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': ALLOWED,
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': '7200',
        vary: 'Origin, Access-Control-Request-Headers',
      },
    });
    const strange = await ask('/graphql', { ...asked, origin: STRANGE }, 'OPTIONS');
    expect([strange.status, strange.headers['access-control-max-age']]).toEqual([403, undefined]);
  });

  it.each(['h2c', 'TLS/1.0', 'websocket2', 'h2c, websocket'])(
    'answers as if "Upgrade: %s" had not been sent',
    async (upgrade) => {
      const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade, 'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA' };
      expect((await ask('/graphql', headers)).status).toBe(200);
      expect((await ask('/notify/chain', headers)).status).toBe(204);
      expect((await ask('/health/live', headers, 'GET')).status).toBe(200);
    },
  );

  it('packs JSON from 1 kB on, for those who take it', async () => {
    const long = JSON.stringify({
      query: `{ ${Array.from({ length: 60 }, (_, n) => `a${n}: accounts { key }`).join(' ')} }`,
    });
    const answer = async (body: string, encoding: string) => {
      const headers = { 'content-type': 'application/json', 'accept-encoding': encoding };
      const response = await fetch(door.url, { method: 'POST', headers, body });
      expect(response.headers.get('vary')).toContain('Accept-Encoding');
      return [response.headers.get('content-encoding'), JSON.stringify(await response.json()).length > 1024];
    };
    expect(await answer(long, 'gzip, br')).toEqual(['gzip', true]);
    expect(await answer(long, 'br, gzip;q=0')).toEqual([null, true]);
    expect(await answer(long, 'identity')).toEqual([null, true]);
    expect(await answer(QUERY, 'gzip')).toEqual([null, false]);
  });

  it('tells a half character in a variable as the mistake of the caller', async () => {
    const body =
      '{"query":"query($a:ID!){payment(by:{account:$a,providerPaymentId:\\"x\\"}){providerPaymentId}}","variables":{"a":"x\\ud800"}}';
    const response = await fetch(door.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: 'a' } }],
    });
  });
});

describe('without tokens', () => {
  const nearby = (host: string, publicUrl = 'https://refunds.example', allowedOrigins: readonly string[] = []) =>
    pagesNearby({ host, publicUrl, allowedOrigins });

  it('the server goes by no name that a stranger can give it, wherever it is bound', () => {
    for (const bound of ['127.0.0.1', '0.0.0.0', '10.0.0.7']) {
      const allows = nearby(bound);
      for (const host of ['evil.example', 'evil.example:4000', 'evil.example.', 'a.b']) {
        expect([bound, host, allows(null, host)]).toEqual([bound, host, false]);
        expect(allows(`http://${host}`, host)).toBe(false);
      }
      for (const host of ['refunds.example', 'localhost:4000', '127.0.0.1:4000', '[::1]:4000']) {
        expect([bound, host, allows(null, host)]).toEqual([bound, host, true]);
      }
    }
    expect(nearby('127.0.0.1', 'https://[2001:db8::7]:8443')(null, '[2001:db8::7]:8443')).toBe(true);
    expect(nearby('127.0.0.1', 'https://[2001:db8::7]:8443')(null, '[2001:db8::8]:8443')).toBe(false);
    expect(nearby('0.0.0.0')(null, '10.0.0.7:4000')).toBe(true);
    expect(nearby('0.0.0.0')(null, 'refund-graph:4000')).toBe(true);
    expect(nearby('127.0.0.1')(null, '10.0.0.7:4000')).toBe(false);
  });

  it('its own pages, those of this machine and those that are named may call', () => {
    const allows = nearby('0.0.0.0', 'https://refunds.example', [ALLOWED]);
    const host = '10.0.0.7:4000';
    for (const origin of ['http://10.0.0.7:4000', 'http://localhost:3000', ALLOWED])
      expect(allows(origin, host)).toBe(true);
    for (const origin of [STRANGE, 'null', 'http://10.0.0.7', 'file://']) expect(allows(origin, host)).toBe(false);
  });
});

describe('with tokens', () => {
  it('any page may call, until those that may are named', () => {
    expect(pagesWithTokens([])(STRANGE, 'x')).toBe(true);
    const allows = pagesWithTokens([ALLOWED]);
    expect([allows(STRANGE, 'x'), allows('null', 'x'), allows(`${ALLOWED}.evil`, 'x')]).toEqual([false, false, false]);
    expect([allows(null, 'x'), allows(ALLOWED, 'x'), allows('https://own.example', 'own.example')]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
