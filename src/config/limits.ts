/** The settings of what may be taken at once: connections, waiting calls, and time. */
import { z } from 'zod';

const whole = (least: number, most: number) => {
  const error = `expected a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error);
};

/** Members of the environment's schema. `docs/operations.md` describes them. */
export const limitSettings = {
  DATABASE_CONNECTIONS: whole(4, 500).default(10),
  DATABASE_WAITING: whole(1, 100_000).default(200),
  DATABASE_PREPARED: z.enum(['auto', 'yes', 'no'], { error: 'expected one of auto, yes, no' }).default('auto'),
  MAX_CONNECTIONS: whole(1, 1_000_000).default(10_000),
  MAX_CONNECTIONS_PER_ADDRESS: whole(1, 1_000_000).default(1_000),
  REQUEST_TIMEOUT_MS: whole(100, 600_000).default(60_000),
  CALLER_PROVIDER_CALLS: whole(0, 1_000_000_000).default(6_000),
  CALLER_DATABASE_MS: whole(0, 1_000_000_000).default(120_000),
  CALLER_REFUNDS: whole(0, 1_000_000_000).default(600),
  CALLER_ANSWER_KIB: whole(0, 1_000_000_000).default(524_288),
};

/** The limits as the server takes them. */
export const limitsOf = (values: z.output<z.ZodObject<typeof limitSettings>>) => ({
  /** Most connections to PostgreSQL of this process. */
  databaseConnections: values.DATABASE_CONNECTIONS,
  /** Most calls of each kind that wait for one. */
  databaseWaiting: values.DATABASE_WAITING,
  /** Whether PostgreSQL plans a statement once for each connection. */
  databasePreparing: values.DATABASE_PREPARED,
  /** Most connections of clients, and of one address that is no trusted proxy's. */
  connections: values.MAX_CONNECTIONS,
  connectionsPerAddress: values.MAX_CONNECTIONS_PER_ADDRESS,
  /** Longest time for a query or mutation, in milliseconds. */
  requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
  /** Most that a caller uses in a minute; 0: as much as it likes. */
  bills: {
    providerCalls: values.CALLER_PROVIDER_CALLS,
    databaseMs: values.CALLER_DATABASE_MS,
    refunds: values.CALLER_REFUNDS,
    answerKib: values.CALLER_ANSWER_KIB,
  },
});
