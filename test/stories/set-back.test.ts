/**
 * Promise: after a failover to a lagging copy every subscriber gets BEGIN_ANEW, and none goes on with a gap.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { cloneTemplate, copyDatabase, dropDatabase, takeOver } from '../support/database.ts';
import { startInstance } from '../support/instance.ts';
import { subscribe, TRANSPORTS, type Subscribed } from '../support/live-clients.ts';
import type { GraphqlAnswer } from '../support/server.ts';
import { until } from '../support/until.ts';

const SERVER = process.env['TEST_DATABASE_URL'] ?? '';
const CREATE = `mutation ($input: CreateRefundInput!) {
  createRefund(input: $input) { kind: __typename ... on CreateRefundSuccess { refund { id } } }
}`;
const EVENTS = `subscription ($after: EventCursor, $filter: RefundFilter) {
  refundEvents(after: $after, filter: $filter) { cursor refund { id } snapshot { status } }
}`;
const UPDATES = `subscription ($id: ID!) { refundUpdated(id: $id) { cursor refund { id } snapshot { status } } }`;
const PAGE = `query ($after: EventCursor) {
  refundEvents(first: 100, after: $after) { nodes { cursor refund { id } snapshot { status } } }
}`;

const codes = ({ results }: Subscribed): readonly unknown[] =>
  results.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));

const idsOf = (events: readonly { readonly refund: { readonly id: string } }[]): readonly string[] =>
  events.map(({ refund }) => refund.id);

describe.skipIf(SERVER === '')('a failover that loses the last events', () => {
  test('ends what is open with BEGIN_ANEW, refuses what is lost, and goes on from what is kept', async () => {
    // Refunds are not finished meanwhile.
    const sandbox = await startSandbox({ life: { processingAfterMs: 600_000, doneAfterMs: 900_000 } });
    onTestFinished(() => sandbox.close());
    const folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...sandbox.config, mirror: { enabled: false } }));
    const databaseUrl = await cloneTemplate(SERVER);
    onTestFinished(() => dropDatabase(databaseUrl));
    const variables = { REFUNDS_CONFIG: join(folder, 'config.json'), DATA_DIR: folder, DATABASE_URL: databaseUrl };
    const before = await startInstance(variables);

    const ask = async (at: string, query: string, given: object = {}): Promise<GraphqlAnswer> => {
      const response = await fetch(`${at}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: given }),
      });
      return response.json();
    };
    const create = async (at: string): Promise<string> => {
      const input = {
        idempotencyKey: crypto.randomUUID(),
        account: 'chain',
        merchantPaymentId: 'ORDERDEMO1',
        amount: { amount: '0.01', currency: 'CNY' },
      };
      const { data } = await ask(at, CREATE, { input });
      expect(data?.createRefund?.kind).toBe('CreateRefundSuccess');
      return data.createRefund.refund.id;
    };
    const end = async (at: string): Promise<string> => (await ask(at, '{ latestEventCursor }')).data.latestEventCursor;

    const kept = await create(before.url);
    expect(await before.stop()).toBe(0);
    const copy = await copyDatabase(databaseUrl);

    const { url, stop } = await startInstance({ ...variables, LOG_LEVEL: 'silent' });
    onTestFinished(async () => void (await stop()));
    const copied = await end(url);
    const open = TRANSPORTS.flatMap((transport) => {
      const all = { transport, url: `${url}/graphql`, query: EVENTS };
      return [
        subscribe({ ...all, variables: { after: copied } }),
        subscribe({ ...all, variables: { after: copied, filter: { statuses: ['CANCELED'] } } }),
        subscribe({ ...all, query: UPDATES, variables: { id: kept } }),
      ];
    });
    const lostRefunds = [await create(url), await create(url), await create(url)];
    const told = (await ask(url, PAGE, { after: copied })).data.refundEvents.nodes;
    const lost = told.at(-1).cursor;
    expect(idsOf(told)).toEqual(expect.arrayContaining(lostRefunds));
    const all = open.filter((_, index) => index % 3 === 0);
    await until(() => all.every(({ results }) => results.length >= told.length));
    expect(open.map(({ ended }) => ended())).toEqual(open.map(() => null));

    const gone = await takeOver(databaseUrl, copy);
    onTestFinished(() => dropDatabase(gone));
    await until(() => open.every(({ ended }) => ended() !== null), 30_000);
    expect(open.map(codes)).toEqual(open.map(() => ['BEGIN_ANEW']));
    for (const { results } of all) {
      expect(results.slice(0, told.length).map(({ data }) => data?.refundEvents)).toEqual(told);
    }

    await until(async () => (await ask(url, PAGE, { after: copied })).errors === undefined, 30_000);
    const left = (await ask(url, PAGE, { after: copied })).data.refundEvents.nodes;
    expect(lostRefunds.filter((id) => idsOf(left).includes(id))).toEqual([]);
    const refusal = [expect.objectContaining({ extensions: { code: 'BEGIN_ANEW', argument: 'after' } })];
    expect((await ask(url, PAGE, { after: lost })).errors).toEqual(refusal);
    const again = TRANSPORTS.map((transport) =>
      subscribe({ transport, url: `${url}/graphql`, query: EVENTS, variables: { after: copied } }),
    );
    const refund = await create(url);
    await until(() =>
      again.every(({ results }) => idsOf(results.map(({ data }) => data?.refundEvents)).includes(refund)),
    );
    const log = (await ask(url, PAGE, { after: copied })).data.refundEvents.nodes;
    for (const { results, leave } of again) {
      expect(results.map(({ data }) => data?.refundEvents)).toEqual(log.slice(0, results.length));
      leave();
    }
    // The log is longer now than it was, and what was lost is refused all the same.
    for (let count = 0; count < 3; count += 1) await create(url);
    expect((await ask(url, PAGE, { after: lost })).errors).toEqual(refusal);
  }, 180_000);
});
