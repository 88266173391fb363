import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';

const PUBLIC_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();

const read = (variables: Record<string, string>) => readEnvironment({ SANDBOX: 'yes', ...variables });

/** Of a start on the sandbox, unless the variables say otherwise. */
const problemsOf = (variables: Record<string, string>): readonly string[] => {
  const reading = read(variables);
  return 'problems' in reading ? reading.problems.map(({ setting, problem }) => `${setting}: ${problem}`) : [];
};

test('with nothing set the sandbox runs on loopback with everything at its default', () => {
  expect(readEnvironment({})).toEqual({
    value: {
      port: 4000,
      host: '127.0.0.1',
      configFile: null,
      limits: {
        databaseConnections: 10,
        databaseWaiting: 200,
        databasePreparing: 'auto',
        connections: 10_000,
        connectionsPerAddress: 1_000,
        requestTimeoutMs: 60_000,
        bills: { providerCalls: 6_000, databaseMs: 120_000, refunds: 600, answerKib: 524_288 },
      },
      databaseUrl: null,
      dataDir: '.data',
      publicUrl: 'http://127.0.0.1:4000',
      auth: { kind: 'none' },
      logLevel: 'info',
      metricsPort: null,
      doors: {
        graphiql: true,
        introspection: true,
        hints: true,
        trustedDocuments: [],
        allowedOrigins: [],
        drainMs: 0,
      },
      trustedProxies: [],
      desk: { enabled: true, login: null },
    },
  });
});

test('a key set goes with an audience and with https, except on this machine or when http is allowed', () => {
  const AUTH = 'jwt';
  const plain = { AUTH, JWT_JWKS_URL: 'http://login.example/keys', JWT_AUDIENCE: 'refunds' };
  expect(problemsOf(plain)).toEqual([
    expect.stringMatching(/^JWT_JWKS_URL: expected https.*ALLOW_HTTP=yes.*"http:\/\/login\.example\/keys"$/),
  ]);
  expect(problemsOf({ ...plain, ALLOW_HTTP: 'yes' })).toEqual([]);
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    expect(problemsOf({ ...plain, JWT_JWKS_URL: `http://${host}:1/keys` })).toEqual([]);
  }
  expect(problemsOf({ AUTH, JWT_JWKS_URL: 'https://login.example/keys' })).toEqual([
    expect.stringMatching(/^JWT_AUDIENCE: not set/),
  ]);
  expect(problemsOf({ AUTH, JWT_SECRET: 'a'.repeat(32) })).toEqual([]);
});

test('the settings of the door are read, and refused where they are wrong', () => {
  const given = {
    GRAPHIQL: 'off',
    INTROSPECTION: 'off',
    HINTS: 'off',
    TRUSTED_DOCUMENTS: 'a.json, b.json',
    ALLOWED_ORIGINS: 'https://one.example,http://two.example:3000 capacitor://localhost',
    DRAIN_SECONDS: '1.5',
  };
  expect(read(given)).toMatchObject({
    value: {
      doors: {
        graphiql: false,
        introspection: false,
        hints: false,
        trustedDocuments: ['a.json', 'b.json'],
        allowedOrigins: ['https://one.example', 'http://two.example:3000', 'capacitor://localhost'],
        drainMs: 1_500,
      },
    },
  });
  const wrong = { GRAPHIQL: 'no', ALLOWED_ORIGINS: 'https://one.example/', ALLOW_HTTP: 'no', DRAIN_SECONDS: '-1' };
  expect(problemsOf(wrong).map((text) => text.split(':', 1)[0])).toEqual(Object.keys(wrong));
  for (const origin of ['*', 'null', 'one.example', 'https://ONE.example', 'https://u:p@one.example', 'https://x?y']) {
    expect([origin, problemsOf({ ALLOWED_ORIGINS: origin })]).toEqual([origin, [expect.any(String)]]);
  }
});

test('a server that others reach serves on for a while when it is stopped', () => {
  const drainOf = (HOST: string) => read({ HOST, AUTH_NONE_ANYWHERE: 'yes' });
  expect(drainOf('0.0.0.0')).toMatchObject({ value: { doors: { drainMs: 2_000 } } });
  expect(drainOf('localhost')).toMatchObject({ value: { doors: { drainMs: 0 } } });
});

test('an empty variable counts as not set', () => {
  expect(problemsOf({ SANDBOX: '', REFUNDS_CONFIG: ' ', PORT: '', DATABASE_URL: ' ', AUTH: '' })).toEqual([]);
});

test('every wrong variable is named, with what was expected and what came, and secrets are not printed', () => {
  const problems = problemsOf({
    PORT: '70000',
    LOG_LEVEL: 'loud',
    DATABASE_URL: 'mysql://me:hunter2@db',
    AUTH: 'basic',
  });
  expect(problems).toEqual([
    'PORT: expected a port number from 0 to 65535, got "70000"',
    'DATABASE_URL: expected postgres://user:password@host:port/database, got a value that is not shown',
    'AUTH: expected one of none, jwt, got "basic"',
    'LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent, got "loud"',
  ]);
});

test('no address is printed with its credentials, query or fragment, and none with credentials is taken', () => {
  const secret = 'a'.repeat(32);
  expect(problemsOf({ PUBLIC_URL: 'ftp://svc:HUNTER2@x.example', AUTH: 'svc:HUNTER2@x' })).toEqual([
    'PUBLIC_URL: expected an http or https address, got "ftp://…@x.example"',
    'AUTH: expected one of none, jwt, got a value that is not shown',
  ]);
  expect(problemsOf({ AUTH: 'jwt', JWT_JWKS_URL: 'https://svc:HUNTER2@x.example/keys?token=HUNTER2' })).toEqual([
    'JWT_JWKS_URL: expected an http or https address without credentials, got "https://…@x.example/keys?…"',
  ]);
  expect(problemsOf({ PUBLIC_URL: 'https://x.example/?token=HUNTER2', AUTH: 'jwt', JWT_SECRET: secret })).toEqual([
    'PUBLIC_URL: expected an http or https address without query or fragment, got "https://x.example?…"',
  ]);
  expect(problemsOf({ HOST: 'svc:HUNTER2@x.example' })).toEqual([
    'HOST: expected an IP address or a host name, got a value that is not shown',
  ]);
});

test('what is wrong about AUTH is told beside the other variables', () => {
  expect(problemsOf({ SANDBOX: '', PORT: '99999', REFUNDS_CONFIG: '/etc/refunds.json' })).toEqual([
    expect.stringMatching(/^PORT: /),
    expect.stringMatching(/^AUTH: not set/),
  ]);
  expect(problemsOf({ PORT: 'x', HOST: '0.0.0.0' })).toEqual([
    expect.stringMatching(/^PORT: /),
    expect.stringMatching(/^AUTH: none would let everybody who reaches 0\.0\.0\.0/),
  ]);
  const keys = { JWT_JWKS_URL: 'nowhere', JWT_SECRET: 'short', JWT_PUBLIC_KEY: PUBLIC_KEY };
  expect(problemsOf({ AUTH: 'jwt', ...keys })).toEqual([
    expect.stringMatching(/^JWT_JWKS_URL: /),
    expect.stringMatching(/^JWT_SECRET: /),
    expect.stringMatching(/^AUTH: expected exactly one of .*got 3$/),
  ]);
});

test('trusted proxies are addresses and ranges between commas', () => {
  expect(read({ TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::1,' })).toMatchObject({
    value: { trustedProxies: ['10.0.0.0/8', '2001:db8::1'] },
  });
  expect(problemsOf({ TRUSTED_PROXIES: '10.0.0.1, proxy.example' })).toEqual([
    'TRUSTED_PROXIES: expected IP addresses or CIDR ranges between commas, got "10.0.0.1, proxy.example"',
  ]);
});

test('real accounts without AUTH do not start, and both ways out are named', () => {
  const [problem] = problemsOf({ SANDBOX: '', REFUNDS_CONFIG: '/etc/refunds.json' });
  expect(problem).toMatch(/^AUTH: not set.*AUTH=jwt.*AUTH=none/);
});

test.each(['0.0.0.0', '::', '192.168.1.4', 'refunds.internal'])('AUTH=none is refused on %s', (host) => {
  expect(problemsOf({ HOST: host, AUTH: 'none' })).toEqual([expect.stringMatching(/^AUTH: .*AUTH_NONE_ANYWHERE=yes/)]);
  expect(problemsOf({ HOST: host, AUTH: 'none', AUTH_NONE_ANYWHERE: 'yes' })).toEqual([]);
});

test('tokens are checked with a public key that can do so, on one line or several', () => {
  const [oneLine, problem] = [PUBLIC_KEY.replaceAll('\n', '\\n'), 'JWT_PUBLIC_KEY: expected a public key in PEM'];
  for (const key of [PUBLIC_KEY, oneLine]) {
    expect(read({ AUTH: 'jwt', JWT_PUBLIC_KEY: key })).toMatchObject({
      value: { auth: { keys: { kind: 'publicKey', publicKey: expect.stringContaining('\n') } } },
    });
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const wrong = [
    'k',
    privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey.export({ type: 'spki', format: 'pem' }),
  ];
  for (const key of wrong) {
    expect(problemsOf({ AUTH: 'jwt', JWT_PUBLIC_KEY: key.toString() })).toEqual([expect.stringContaining(problem)]);
  }
});

test('tokens need exactly one kind of key', () => {
  expect(problemsOf({ AUTH: 'jwt' })).toEqual([expect.stringContaining('got 0')]);
  const secret = 'a'.repeat(32);
  expect(problemsOf({ AUTH: 'jwt', JWT_SECRET: secret, JWT_PUBLIC_KEY: PUBLIC_KEY })).toEqual([
    expect.stringContaining('got 2'),
  ]);
  expect(read({ AUTH: 'jwt', JWT_SECRET: secret, JWT_ISSUER: 'me' })).toMatchObject({
    value: { auth: { kind: 'jwt', keys: { kind: 'secret', secret }, issuer: 'me', audience: null } },
  });
});

test('the public address follows host and port, and a trailing slash is dropped', () => {
  expect(read({ HOST: '::1', PORT: '81' })).toMatchObject({ value: { publicUrl: 'http://[::1]:81' } });
  expect(read({ PUBLIC_URL: 'https://pay.example/refunds/' })).toMatchObject({
    value: { publicUrl: 'https://pay.example/refunds' },
  });
});

test('a forgotten REFUNDS_CONFIG is told beside whatever else is wrong, also with a DATABASE_URL that is none', () => {
  const forgotten = {
    SANDBOX: '',
    PORT: 'x',
    DATABASE_URL: 'mysql://me:hunter2@db',
    AUTH: 'jwt',
    PUBLIC_URL: 'https://x',
  };
  expect(problemsOf(forgotten)).toEqual([
    expect.stringMatching(/^PORT: /),
    expect.stringMatching(/^DATABASE_URL: /),
    'REFUNDS_CONFIG: not set, while DATABASE_URL, AUTH=jwt, PUBLIC_URL are; set it to the path of the configuration file, ' +
      'or set SANDBOX=yes to run the sandbox with simulated refunds',
    expect.stringMatching(/^AUTH: expected exactly one of/),
  ]);
});

test('SANDBOX is yes or not set, and never beside REFUNDS_CONFIG', () => {
  for (const value of ['no', 'true', 'YES', '1']) {
    const [problem, ...others] = problemsOf({ SANDBOX: value, PUBLIC_URL: 'https://x' });
    expect([problem, others]).toEqual([`SANDBOX: expected yes, or that it is not set, got "${value}"`, []]);
  }
  expect(problemsOf({ REFUNDS_CONFIG: '/etc/refunds.json' })).toEqual([
    'SANDBOX: yes would run the sandbox, while REFUNDS_CONFIG names real accounts; unset one of the two',
    expect.stringMatching(/^AUTH: not set/),
  ]);
});
