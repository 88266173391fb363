import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { seededRandom } from '../../../src/sandbox/random.ts';
import { code, control, sandboxFor, shoutu, shoutuPage } from '../support/merchant.ts';

const create = (sandbox: Sandbox, mchRefundNo: string, channelPayOrderNo = 'PAY-DEMO-1'): Promise<unknown> =>
  shoutu(sandbox, 'refundOrder', {
    channelPayOrderNo,
    mchRefundNo,
    refundMode: 'ENTIRE_REFUND',
    refundAmount: '100',
  });

describe('The quirk oneInFlight', () => {
  test('refuses a second refund of a payment with 在途退款 until the first has ended', async () => {
    const sandbox = await sandboxFor();
    expect(await control(sandbox, '/quirks', { quirk: 'oneInFlight' })).toEqual({ quirk: 'oneInFlight', on: true });
    expect(code(await create(sandbox, 'R1'))).toBe('0');
    expect(await create(sandbox, 'R2')).toMatchObject({ code: '9999', msg: expect.stringContaining('在途退款') });
    expect(code(await create(sandbox, 'R3', 'PAY-DEMO-2'))).toBe('0');
    await control(sandbox, '/refunds/move', { provider: 'SHOUTU', refundId: 'R1', status: 'FAILED' });
    expect(code(await create(sandbox, 'R2'))).toBe('0');
  });

  test('is off until it is switched on, and can be switched off', async () => {
    const sandbox = await sandboxFor();
    await create(sandbox, 'R1');
    expect(code(await create(sandbox, 'R2'))).toBe('0');
    await control(sandbox, '/quirks', { quirk: 'oneInFlight' });
    expect(await control(sandbox, '/quirks')).toEqual(['oneInFlight']);
    await control(sandbox, '/quirks', { quirk: 'oneInFlight', on: false });
    expect(code(await create(sandbox, 'R3'))).toBe('0');
  });
});

describe('Rows of one second', () => {
  async function withTies(): Promise<Sandbox> {
    const sandbox = await sandboxFor({ refundsPerProvider: 0, random: seededRandom(1) });
    for (let nth = 0; nth < 12; nth += 1) {
      await control(sandbox, '/refunds/add', {
        provider: 'SHOUTU',
        merchantRefundId: `TIE${nth}`,
        amount: 5,
        createdAt: `2026-01-01T00:00:0${nth % 2}Z`,
      });
    }
    return sandbox;
  }
  const byTime = { fieldName: 'createdTime', order: '0' };
  const list = async (sandbox: Sandbox, orders: readonly object[]) => {
    const answer = await shoutu(sandbox, 'querylist', { queryPage: { orders, size: 100 } });
    return shoutuPage.parse(answer).data.records;
  };
  const ids = async (sandbox: Sandbox, orders: readonly object[]) =>
    (await list(sandbox, orders)).map(({ mchRefundNo = '' }) => mchRefundNo);

  test('move between two questions under the quirk tiesMove, within their second', async () => {
    const sandbox = await withTies();
    expect(await ids(sandbox, [byTime])).toEqual(await ids(sandbox, [byTime]));
    await control(sandbox, '/quirks', { quirk: 'tiesMove' });
    const [first, second] = [await list(sandbox, [byTime]), await list(sandbox, [byTime])];
    expect(first).not.toEqual(second);
    const times = second.map(({ createdTime = '' }) => createdTime);
    expect(times).toEqual(times.toSorted().toReversed());
    // A second order does not help there.
    const byId = { fieldName: 'channelOrderNo', order: '0' };
    expect(await ids(sandbox, [byTime, byId])).not.toEqual(await ids(sandbox, [byTime, byId]));
  });

  test.each(['channelOrderNo', 'mchRefundNo'])('stand in the order of a second member: %s', async (fieldName) => {
    const sandbox = await withTies();
    const down = await list(sandbox, [byTime, { fieldName, order: '0' }]);
    const keys = down.map((record) => `${record['createdTime']} ${record[fieldName]}`);
    expect(keys).toEqual(keys.toSorted().toReversed());
    const up = await ids(sandbox, [
      { ...byTime, order: '1' },
      { fieldName, order: '1' },
    ]);
    expect(up).toEqual(down.map(({ mchRefundNo }) => mchRefundNo).toReversed());
  });
});
