/** Promise: one message names everything that is wrong in the configuration file, and holds no secret. */
import { expect, test } from 'vitest';
import { parseConfiguration } from '../../src/config/accounts.ts';

const shoutu = {
  key: 'library',
  provider: 'SHOUTU',
  displayName: 'Capital Library',
  baseUrl: 'https://gateway.example',
  appId: 'Aleph001',
  tenantId: 'a000001',
  secret: 'not a secret',
};

const problemsOf = (file: unknown, variables: Record<string, string> = {}): readonly string[] => {
  const reading = parseConfiguration(file, variables);
  return reading.kind === 'wrong' ? reading.problems.map(({ setting, problem }) => `${setting}: ${problem}`) : [];
};

test('a placeholder that stands for nothing hides no other mistake, and is told once', () => {
  const accounts = [
    { ...shoutu, secret: '${SHOUTU_SECRET}', baseUrl: 'https://${HOST_NAME}/x', currency: 'yuan' },
    { ...shoutu, timeoutMs: '${TIMEOUT}', pageBase: 2 },
    { ...shoutu, key: 'other', provider: '${PROVIDER}' },
  ];
  expect(problemsOf({ accounts, mirror: { enabled: 'no' }, extra: '${EXTRA}' })).toEqual([
    'accounts[0] (library).baseUrl: ${HOST_NAME}: the variable HOST_NAME is not set',
    'accounts[0] (library).secret: ${SHOUTU_SECRET}: the variable SHOUTU_SECRET is not set',
    'accounts[1] (library).timeoutMs: ${TIMEOUT}: the variable TIMEOUT is not set',
    'accounts[2] (other).provider: ${PROVIDER}: the variable PROVIDER is not set',
    'extra: ${EXTRA}: the variable EXTRA is not set',
    'accounts[0] (library).currency: expected an ISO 4217 code such as CNY, got "yuan"',
    expect.stringMatching(/^accounts\[1\] \(library\)\.pageBase: /),
    expect.stringMatching(/^mirror\.enabled: .*got "no"$/),
    expect.stringMatching(/^the configuration file: .*extra/),
    'accounts[1] (library).key: is the key of accounts[0] already',
  ]);
});

test('a key that is used twice is told whatever else is wrong, also where a variable holds it', () => {
  const twice = 'accounts[1] (${KEY}).key: is the key of accounts[0] already';
  expect(problemsOf({ accounts: [shoutu, { ...shoutu, key: '${KEY}' }] }, { KEY: 'library' })).toEqual([twice]);
  expect(problemsOf({ accounts: [shoutu, { key: '${KEY}' }] }, { KEY: 'library' })).toContain(twice);
  expect(
    problemsOf({
      accounts: [
        { ...shoutu, key: '${A}' },
        { ...shoutu, key: '${A}' },
      ],
    }),
  ).toEqual([
    'accounts[0] (${A}).key: ${A}: the variable A is not set',
    'accounts[1] (${A}).key: ${A}: the variable A is not set',
  ]);
});

test('no credentials of an address are printed, and nothing that a variable holds', () => {
  const expected = 'accounts[0] (library).baseUrl: expected an http or https address without credentials';
  const baseUrl = 'https://svc:HUNTER2@gateway.example';
  for (const [written, came] of [
    [baseUrl, '"https://…@gateway.example"'],
    ['svc:HUNTER2@gateway.example', 'a value that is not shown'],
    ['${ADDRESS}', 'what "${ADDRESS}" stands for'],
  ]) {
    expect(problemsOf({ accounts: [{ ...shoutu, baseUrl: written }] }, { ADDRESS: baseUrl })).toEqual([
      `${expected}, query or fragment, got ${came}`,
    ]);
  }
  const secret = 'accounts[0].key: expected 1 to 64 letters';
  const [problem] = problemsOf({ accounts: [{ ...shoutu, key: 'svc:HUNTER2@x' }] });
  expect(problem).toContain(secret);
  expect(problem).not.toContain('HUNTER2');
});
