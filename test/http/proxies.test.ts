/**
 * Promise: the samples of docs/ for nginx and HAProxy start, everything that is served comes through them,
 * and a rolling restart fails nobody. Skipped where the proxy is absent.
 */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createCallbackRoute } from '../../src/callbacks/route.ts';
import { addressesIn } from '../../src/callbacks/sender.ts';
import type { OperatorEvent } from '../../src/operator/event.ts';
import { openLedger, type Ledger } from '../../src/ledger/database/database.ts';
import { createTokenBucket } from '../../src/flow/token-bucket.ts';
import { createReceiver } from '../../src/services/inbox/receive.ts';
import { write } from '../feed/writing.ts';
import { preparedEmbedded } from '../support/database.ts';
import { openFrontDoor, type FrontDoor } from '../support/front-door.ts';
import { subscribe, TRANSPORTS } from '../support/live-clients.ts';
import { PROXIES, type Proxy } from '../support/proxies.ts';
import { createNotifier, type Notifier } from '../support/notices.ts';

const clock = () => new Date();
const EVENTS = 'subscription { refundEvents { cursor } }';
const PROVIDER = '127.0.0.2';

describe.each(PROXIES)('$sample', ({ absent, start }) => {
  describe.skipIf(absent !== '')(`in front of servers${absent}`, () => {
    let lite: Awaited<ReturnType<typeof preparedEmbedded>>;
    let ledger: Ledger;
    let notifier: Notifier;
    let proxy: Proxy;
    const doors: FrontDoor[] = [];
    const hosts: (string | undefined)[] = [];
    const told: OperatorEvent[] = [];

    const openDoor = (port?: number): Promise<FrontDoor> => {
      const route = createCallbackRoute({
        accounts: [...notifier.accounts().values()].map((account) => ({ ...account, callbackAllowedIps: [PROVIDER] })),
        isTrustedProxy: addressesIn(['127.0.0.1']),
        receive: createReceiver({
          ledger,
          queue: { expedite: () => Promise.resolve() },
          bucket: createTokenBucket(clock, { burst: 100, perSecond: 0 }),
        }),
        clock,
        tell: (event) => told.push(event),
      });
      return openFrontDoor(ledger, {
        ...(port === undefined ? {} : { port }),
        notify: (asked, answer) => {
          hosts.push(asked.headers.host);
          return route(asked, answer);
        },
      });
    };

    beforeAll(async () => {
      lite = await preparedEmbedded();
      let made = 0;
      const newId = () => `00000000-0000-7000-8000-${String((made += 1)).padStart(12, '0')}`;
      ledger = await openLedger({ lite }, { clock, newId });
      notifier = await createNotifier();
      const [first, second] = [await openDoor(), await openDoor()];
      doors.push(first, second);
      proxy = await start(doors.map(({ url }) => new URL(url).host));
    }, 120_000);
    afterAll(async () => {
      await proxy.stop();
      await Promise.all(doors.map((door) => door.stop()));
      await ledger.close();
      await lite.close();
    });

    const ask = (url = proxy.url) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query: '{ accounts { key } }' });
      return fetch(`${url}/graphql`, { method: 'POST', headers, body });
    };
    const statusOfQuery = async (url: string): Promise<number> => {
      const response = await ask(url);
      await response.text();
      return response.status;
    };
    const tell = (...refunds: readonly number[]) =>
      write(ledger, { refunds, finished: false, holdMs: 0, undone: false });

    it('passes queries, and GraphiQL', async () => {
      for (let count = 0; count < 10; count += 1) {
        const response = await ask();
        expect(response.status).toBe(200);
        expect(await response.json()).toEqual({ data: { accounts: [{ key: 'chain' }, { key: 'market' }] } });
      }
      const page = await fetch(`${proxy.url}/graphql`, { headers: { accept: 'text/html' } });
      expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    });

    it.each(TRANSPORTS)('passes each event of a subscription over %s at once', async (transport) => {
      const readers = [0, 1, 2, 3].map(() => subscribe({ transport, url: `${proxy.url}/graphql`, query: EVENTS }));
      onTestFinished(() => {
        for (const reader of readers) reader.leave();
      });
      const followed = () => doors.map(({ feed }) => feed.followers());
      // Two at each server.
      await vi.waitFor(() => expect(followed()).toEqual([2, 2]), 5_000);
      for (let count = 1; count <= 3; count += 1) {
        await tell(count);
        await vi.waitFor(
          () => expect(readers.map(({ results }) => results.length)).toEqual([count, count, count, count]),
          {
            timeout: 2_000,
          },
        );
      }
      for (const reader of readers) reader.leave();
      await vi.waitFor(() => expect(followed()).toEqual([0, 0]), 5_000);
    });

    it('passes a callback with the address of who sent it', async () => {
      const notice = notifier.write('blue', { refund: 'R1', status: 'SUCCEEDED' });
      if (notice === null) throw new Error('no notice');
      const { hostname, port, host } = new URL(proxy.url);
      const send = async (localAddress: string) => {
        const headers = { 'content-type': notice.contentType };
        const sent = request({ hostname, port, path: '/notify/blue', method: 'POST', headers, localAddress });
        const answered = once(sent, 'response');
        sent.end(notice.body);
        const [answer] = await answered;
        answer.resume();
        return answer.statusCode;
      };
      expect(await send(PROVIDER)).toBe(200);
      expect(await send('127.0.0.3')).toBe(403);
      const answers = told.flatMap((event) => ('answer' in event ? [[event.sender, event.answer]] : []));
      expect(answers).toEqual([
        [PROVIDER, 'acknowledged'],
        ['127.0.0.3', 'forbidden-address'],
      ]);
      expect(hosts).toEqual([host, host]);
    });

    it.each([2, 4])(
      'fails nobody while one of %i servers after the other is restarted',
      { timeout: 90_000 },
      async (many) => {
        const servers = await Promise.all(Array.from({ length: many }, () => openDoor()));
        const before = await start(servers.map(({ url }) => new URL(url).host));
        onTestFinished(async () => {
          await before.stop();
          await Promise.all(servers.map((door) => door.stop()));
        });
        const statuses: number[] = [];
        let done = false;
        const askAlways = async () => {
          for (; !done; statuses.push(await statusOfQuery(before.url)));
        };
        const asking = Promise.all(Array.from({ length: 8 }, askAlways));
        const answered = async (more: number) => {
          const until = statuses.length + more;
          await vi.waitFor(() => expect(statuses.length).toBeGreaterThan(until), 10_000);
        };
        for (let round = 0; round < 10 / many; round += 1) {
          for (const [index, door] of servers.entries()) {
            await door.stop();
            await answered(20);
            servers[index] = await openDoor(Number(new URL(door.url).port));
            await answered(20);
          }
        }
        done = true;
        await asking;
        expect(statuses.filter((status) => status !== 200)).toEqual([]);
      },
    );

    it('keeps the figures for those who run it', async () => {
      expect((await fetch(`${proxy.url}/metrics`)).status).toBe(404);
    });
  });
});
