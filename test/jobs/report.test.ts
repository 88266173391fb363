/** Promise: an outage of the queue is told once, then once a minute with the number of the others, and once that it is over. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { logQueue } from '../../src/jobs/report.ts';

function listening() {
  const lines: { readonly msg: string; readonly others: number; readonly level: number }[] = [];
  let now = 0;
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const observer = logQueue(log, () => new Date(now));
  return {
    told: () => lines.splice(0).map(({ level, msg, others }) => [level, msg, others]),
    fail: (seconds: number) => {
      for (let second = 0; second < seconds; second += 1) {
        for (let queue = 0; queue < 3; queue += 1) observer.failed(new Error('gone'));
        now += 1_000;
      }
    },
    recover: observer.recovered,
  };
}

test('an outage', () => {
  const { told, fail, recover } = listening();
  recover();
  expect(told()).toEqual([]);
  fail(60);
  expect(told()).toEqual([[50, 'the job queue is disturbed', 0]]);
  fail(30);
  expect(told()).toEqual([[50, 'the job queue is disturbed', 179]]);
  recover();
  recover();
  expect(told()).toEqual([[30, 'the job queue works again', 89]]);
});

test('a queue that fails now and then does not fill the log', () => {
  const { told, fail, recover } = listening();
  for (let time = 0; time < 60; time += 1) {
    fail(1);
    recover();
  }
  expect(told()).toEqual([
    [50, 'the job queue is disturbed', 0],
    [30, 'the job queue works again', 2],
  ]);
});
