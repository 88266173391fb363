import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SandboxConfig } from '../../src/sandbox/control/configuration.ts';
import { ofEach, PROVIDERS } from '../../src/sandbox/model.ts';
import { newFolder } from './support/folder.ts';
import { code, type Reached, shoutu, shoutuPage, tiPayCreate, tiPayQuery } from './support/merchant.ts';
import { freePorts, run } from './support/program.ts';

/** The sandbox behind a program, by the configuration that it wrote. */
async function reached(folder: string, port: number): Promise<Reached> {
  const config: SandboxConfig = JSON.parse(await readFile(join(folder, 'sandbox', 'refunds.json'), 'utf8'));
  const at = (nth: number): string => `http://127.0.0.1:${port + nth}`;
  return { config, urls: { ...ofEach((name) => at(PROVIDERS.indexOf(name))), control: at(PROVIDERS.length) } };
}

interface Promised {
  readonly yes: (provider: 'shoutu' | 'tipay', id: string) => void;
}

/** Makes refunds at two providers until the sandbox is gone; notes the ids of those that it said yes to. */
async function hammer(sandbox: Reached, round: number, promised: Promised): Promise<void> {
  async function worker(nth: number): Promise<void> {
    for (let count = 0; ; count += 1) {
      const id = `K${round}W${nth}N${count}`;
      const pay = {
        channelPayOrderNo: 'PAY-DEMO-1',
        mchRefundNo: id,
        refundMode: 'ITEMIZED_REFUND',
        refundAmount: '1',
      };
      expect(code(await shoutu(sandbox, 'refundOrder', pay))).toBe('0');
      promised.yes('shoutu', id);
      const order = { orderId: 'ORDERDEMO1', refundRequestId: id, refundAmount: '0.01' };
      expect(code(await tiPayCreate(sandbox, order))).toBe(200);
      promised.yes('tipay', id);
    }
  }
  const workers = Array.from({ length: 8 }, (_each, nth) => worker(nth));
  // Each ends when its connection breaks, and in no other way.
  for (const { reason } of await Promise.allSettled(workers).then((all) => all.filter(isRejected))) {
    expect(reason).toBeInstanceOf(TypeError);
  }
}

const isRejected = (result: PromiseSettledResult<void>): result is PromiseRejectedResult =>
  result.status === 'rejected';

test('Killed at any moment, the sandbox still has every refund that it said yes to', async () => {
  const [folder, port] = [await newFolder(), await freePorts()];
  const promised: Record<'shoutu' | 'tipay', string[]> = { shoutu: [], tipay: [] };
  // Killed after so many yeses: with eight workers there are always other requests under way.
  for (const [round, yeses] of [9, 30, 70].entries()) {
    const { child, ended } = await run(folder, String(port));
    let left = yeses;
    const yes: Promised['yes'] = (provider, id) => {
      promised[provider].push(id);
      left -= 1;
      if (left === 0) child.kill('SIGKILL');
    };
    await hammer(await reached(folder, port), round, { yes });
    await ended;
  }
  expect(promised.shoutu.length + promised.tipay.length).toBeGreaterThanOrEqual(109);
  await run(folder, String(port));
  const sandbox = await reached(folder, port);
  for (const id of promised.shoutu) {
    const queryPage = { queries: [{ cp: '0', field: 'mchRefundNo', value: id }] };
    expect(shoutuPage.parse(await shoutu(sandbox, 'querylist', { queryPage })).data.total).toBe('1');
  }
  for (const id of promised.tipay) {
    expect(code(await tiPayQuery(sandbox, { refundRequestId: id, orderId: 'ORDERDEMO1' }))).toBe(200);
  }
});
