import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesIn, senderOf } from '../../src/callbacks/sender.ts';

/** A request as it arrives at a server on this machine. */
async function arrive(forwarded: string | readonly string[] | null, from = '127.0.0.1'): Promise<IncomingMessage> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const headers =
    forwarded === null ? {} : { 'x-forwarded-for': typeof forwarded === 'string' ? forwarded : [...forwarded] };
  const client = request({ host: '127.0.0.1', port: address.port, localAddress: from, headers });
  client.on('error', () => undefined);
  client.end();
  const [incoming]: readonly IncomingMessage[] = await once(server, 'request');
  if (incoming === undefined) throw new Error('no request');
  client.destroy();
  server.close();
  server.closeAllConnections();
  // The socket forgets its peer when it is closed.
  Object.defineProperty(incoming.socket, 'remoteAddress', { value: from });
  return incoming;
}

const NOBODY = addressesIn([]);
const PROXIES = addressesIn(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']);

describe('the sender of a request', () => {
  it.each([
    ['is the other end of the connection', null, NOBODY, '127.0.0.1'],
    ['is not whom a stranger names', '198.51.100.7', NOBODY, '127.0.0.1'],
    ['is whom a trusted proxy names', '198.51.100.7', PROXIES, '198.51.100.7'],
    ['is the last one that is no trusted proxy', '203.0.113.9, 198.51.100.7, 10.1.2.3', PROXIES, '198.51.100.7'],
    ['is the first of all where all are trusted', '10.9.9.9, 10.1.2.3', PROXIES, '10.9.9.9'],
    ['may come with a port', '198.51.100.7:4711', PROXIES, '198.51.100.7'],
    ['may be of the other family', '2001:DB9::7, [2001:db8::1]:443', PROXIES, '2001:DB9::7'],
    ['is the address behind the mapped one', '::ffff:198.51.100.7', PROXIES, '198.51.100.7'],
    ['can not be told behind nonsense', '198.51.100.7, unknown', PROXIES, null],
    ['is the proxy itself where it names nobody', ' , ', PROXIES, '127.0.0.1'],
  ])('%s', async (_, forwarded, isTrusted, expected) => {
    expect(senderOf(await arrive(forwarded), isTrusted)).toBe(expected);
  });

  it('is found over several headers', async () => {
    const request = await arrive(['203.0.113.9, 198.51.100.7', '10.1.2.3']);
    expect(senderOf(request, PROXIES)).toBe('198.51.100.7');
  });

  it('is never taken from what stands before the first untrusted hop', async () => {
    const request = await arrive(null);
    const words = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 8 })), { maxLength: 5 });
    fc.assert(
      fc.property(words, (before) => {
        request.headers['x-forwarded-for'] = [...before, '198.51.100.7', '10.1.2.3'].join(', ');
        expect(senderOf(request, PROXIES)).toBe('198.51.100.7');
      }),
    );
  });
});

describe('a set of addresses', () => {
  const set = addressesIn(['192.0.2.1', '198.51.100.0/24', '2001:db8:1::/48', '::1']);
  it.each([
    ['192.0.2.1', true],
    ['192.0.2.2', false],
    ['198.51.100.255', true],
    ['198.51.101.0', false],
    ['2001:db8:1:ffff::1', true],
    ['2001:db8:2::1', false],
    ['::1', true],
  ])('%s: %s', (address, is) => {
    expect(set(address)).toBe(is);
  });
});
