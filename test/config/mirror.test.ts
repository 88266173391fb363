import { expect, test } from 'vitest';
import { parseConfiguration } from '../../src/config/accounts.ts';
import { DEFAULT_MIRROR } from '../../src/config/mirror.ts';

const accounts = [
  {
    key: 'library',
    provider: 'SHOUTU',
    displayName: 'Capital Library',
    baseUrl: 'https://gateway.example',
    appId: 'Aleph001',
    tenantId: 'a000001',
    secret: 'not a secret',
  },
];

test('is on, polite and every half minute where the file says nothing', () => {
  const defaults = { enabled: true, pauseSeconds: 30, pagesPerSecond: 2 };
  expect(DEFAULT_MIRROR).toEqual(defaults);
  expect(parseConfiguration({ accounts }, {})).toMatchObject({ kind: 'read', mirror: defaults });
  const mirror = { pagesPerSecond: 0.5 };
  expect(parseConfiguration({ accounts, mirror }, {})).toMatchObject({ mirror: { ...defaults, ...mirror } });
});

test('names each member that is wrong, what was expected and what came', () => {
  const mirror = { enabled: 'no', pauseSeconds: 0, pagesPerSecond: 1_000, every: 1 };
  const reading = parseConfiguration({ accounts, mirror }, {});
  expect(reading.kind === 'wrong' && reading.problems).toEqual([
    { setting: 'mirror.enabled', problem: expect.stringMatching(/boolean.*got "no"/) },
    { setting: 'mirror.pauseSeconds', problem: expect.stringMatching(/>=1.*got 0/) },
    { setting: 'mirror.pagesPerSecond', problem: expect.stringMatching(/<=100.*got 1000/) },
    { setting: 'mirror', problem: expect.stringMatching(/every/) },
  ]);
});
