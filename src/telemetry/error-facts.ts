/**
 * An error as the log has it: what went wrong and where, and nothing that it quotes. A database's error has
 * rows in its `detail` and `where`, and values in the message of some.
 */

/** Members that name things of ours. All others may hold what a caller or a payer wrote. */
const MEMBERS = ['code', 'syscall', 'routine', 'schema', 'table', 'column', 'constraint', 'severity'] as const;

/** Longest message and stack, in characters. */
const LONGEST = { message: 500, stack: 4_000 } as const;
/** Causes of causes that are told. */
const DEEPEST = 5;

/** Errors of data (22…) and of rules (23…) quote values in their messages. */
const QUOTES_VALUES = /^2[23]\w{3}$/;

/** For pino's `err`. */
export function errorFacts(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error.slice(0, LONGEST.message) : String(error);
  const code = 'code' in error ? String(error.code) : '';
  const told = (text: string): string =>
    QUOTES_VALUES.test(code) ? text.replaceAll(/"[^"]*"|\([^)]*\)/g, '"…"') : text;
  const named = MEMBERS.flatMap((name): [string, unknown][] => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [];
  });
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const parts: unknown = error instanceof AggregateError ? error.errors : undefined;
  return {
    type: error.name,
    message: told(error.message).slice(0, LONGEST.message),
    stack: frames.join('\n').slice(0, LONGEST.stack),
    ...Object.fromEntries(named),
    ...(depth < DEEPEST && error.cause !== undefined && { cause: errorFacts(error.cause, depth + 1) }),
    ...(depth < DEEPEST &&
      Array.isArray(parts) && { errors: parts.slice(0, 5).map((part) => errorFacts(part, depth + 1)) }),
  };
}

/** What pino is told never to write, should a line ever have it. */
export const REDACTED = {
  paths: ['authorization', 'token', 'secret', 'password', 'body', 'raw', 'headers', 'variables'].flatMap((name) => [
    name,
    `*.${name}`,
  ]),
  censor: 'not shown',
};
