import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createCallbackLog } from '../../src/callbacks/report.ts';
import type { CallbackReport } from '../../src/callbacks/route.ts';

function logging() {
  const lines: { level: number; msg: string; account: string; reason?: string; err?: unknown }[] = [];
  let now = 0;
  const log = pino({ level: 'info', base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const report = createCallbackLog(log, () => new Date(now));
  return {
    lines,
    pass: (ms: number) => void (now += ms),
    hear: (more: Partial<CallbackReport>) =>
      report({ account: 'blue', sender: '192.0.2.1', answer: 'acknowledged', received: null, error: null, ...more }),
  };
}

it('tells of what an operator should see, and not of what is as it should be', () => {
  const { lines, hear } = logging();
  hear({ received: { kind: 'applied', reason: null } });
  hear({ received: { kind: 'repeated', reason: null } });
  hear({ answer: 'unknown-account', account: 'x'.repeat(5_000) });
  expect(lines).toEqual([]);
  hear({ received: { kind: 'flagged', reason: 'contradicts what is known: amount' } });
  hear({ answer: 'rejected', received: { kind: 'rejected', reason: 'the signature does not match', isKept: true } });
  hear({ answer: 'forbidden-address' });
  hear({ answer: 'unavailable', error: new Error('gone') });
  expect(lines.map(({ level }) => level)).toEqual([40, 40, 40, 50]);
  expect(lines[1]).toMatchObject({ account: 'blue', sender: '192.0.2.1', reason: 'the signature does not match' });
});

it('is not filled by a flood', () => {
  const { lines, hear, pass } = logging();
  for (let nth = 0; nth < 1_000; nth += 1) {
    hear({ answer: 'rejected', received: { kind: 'rejected', reason: 'no', isKept: false } });
  }
  expect(lines).toHaveLength(20);
  pass(30_000);
  for (let nth = 0; nth < 1_000; nth += 1) hear({ answer: 'rejected' });
  expect(lines).toHaveLength(23);
});
