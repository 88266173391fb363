/** Bad days on demand: what the control server told a provider to do in place of answering well. */
import { z } from 'zod';
import { PROVIDERS, type ProviderName } from '../model.ts';
import { OPERATIONS, type Operation, type RefusalAsked } from '../simulation.ts';

const milliseconds = z.int().min(0).max(600_000);
const yes = z.literal(true).optional();

/** At most one of these at a time; latency, status, gzip and execute go with any of them. */
const FAULTS = ['hang', 'garbage', 'reset', 'answerLost', 'code', 'innerCode', 'redirect'] as const;

export const behaviourSchema = z
  .strictObject({
    provider: z.enum([...PROVIDERS, 'ALL']),
    operations: z.array(z.enum(OPERATIONS)).min(1).optional(),
    /** Only for requests whose address or body has this text, e.g. the id of one refund. */
    containing: z.string().min(1).max(128).optional(),
    /** For how many requests of each provider; without it until changed. */
    times: z.int().min(1).optional(),
    /** Waits before the request is executed. */
    latencyMs: milliseconds.optional(),
    /** Waits after it was executed, before the answer. */
    answerDelayMs: milliseconds.optional(),
    /** Answers this HTTP status; from 300 on the request is not executed. */
    status: z.int().min(200).max(599).optional(),
    hang: yes,
    garbage: z.enum(['html', 'truncated', 'huge', 'empty']).optional(),
    /** Kills the socket; the request is not executed. */
    reset: yes,
    /** Executes the request, then kills the socket. */
    answerLost: yes,
    /** The provider's own error code. */
    code: z
      .union([z.string().min(1).max(32), z.int()])
      .transform(String)
      .optional(),
    /** A no inside a yes: TiPay's `data.code`. */
    innerCode: z.string().min(1).max(32).optional(),
    /** In place of the provider's own words for the code. */
    message: z.string().max(500).optional(),
    /** A `retry-after` header, in seconds. */
    retryAfterS: z.int().min(0).max(86_400).optional(),
    redirect: yes,
    gzip: yes,
    /** Executes the request where it otherwise would not be (or the other way round). */
    execute: z.boolean().optional(),
  })
  .refine((it) => FAULTS.filter((fault) => it[fault] !== undefined).length <= 1, {
    error: `only one of ${FAULTS.join(', ')} can be asked for at a time`,
  });
export type Behaviour = z.infer<typeof behaviourSchema>;

export interface Behaviours {
  readonly set: (behaviour: Behaviour) => void;
  readonly reset: () => void;
  /** What to do with the request that has this text; uses up one of `times`. */
  readonly take: (provider: ProviderName, operation: Operation, text: string) => Behaviour | null;
}

interface Rule {
  readonly behaviour: Behaviour;
  left: number;
}

/**
 * Providers behave well until told otherwise. What was said last about an operation holds. What was said
 * about requests with some text stands beside what was said about all requests, and goes first.
 */
export function openBehaviours(): Behaviours {
  /** By provider and operation, then by the text that requests must contain; '' stands for all requests. */
  const rules = new Map<string, Map<string, Rule>>();
  return {
    set(behaviour) {
      for (const provider of behaviour.provider === 'ALL' ? PROVIDERS : [behaviour.provider]) {
        const rule = { behaviour, left: behaviour.times ?? Infinity };
        for (const operation of behaviour.operations ?? OPERATIONS) {
          const name = `${provider} ${operation}`;
          rules.set(name, (rules.get(name) ?? new Map<string, Rule>()).set(behaviour.containing ?? '', rule));
        }
      }
    },
    reset: () => rules.clear(),
    take(provider, operation, text) {
      const fitting = [...(rules.get(`${provider} ${operation}`) ?? [])].filter(
        ([containing, { left }]) => left > 0 && text.includes(containing),
      );
      const [, rule] = fitting.find(([containing]) => containing !== '') ?? fitting[0] ?? [];
      if (!rule) return null;
      rule.left -= 1;
      return rule.behaviour;
    },
  };
}

/** The code that is asked for, as its provider is asked for it; null where none is. */
export function codeOf({ code, innerCode, message }: Behaviour): RefusalAsked | null {
  if (innerCode !== undefined) return { code: innerCode, message, isInner: true };
  return code === undefined ? null : { code, message, isInner: false };
}

/** Whether a request under this behaviour is carried out. A cut answer needs a whole one first. */
export function executes(behaviour: Behaviour): boolean {
  const { execute, status, garbage, answerLost, hang, reset, redirect } = behaviour;
  if (garbage === 'truncated' || answerLost) return true;
  if (execute !== undefined) return execute;
  return !(
    garbage ||
    hang ||
    reset ||
    codeOf(behaviour) !== null ||
    redirect ||
    (status !== undefined && status >= 300)
  );
}
