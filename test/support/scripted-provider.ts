/**
 * A provider that follows a script and counts what it executed: each create takes the next word of the
 * script.
 */
import { ProviderError } from '../../src/providers/errors.ts';
import type { CreateCommand, CreateOutcome, CreateRules, ProviderAccount } from '../../src/providers/provider.ts';
import { shoutuOptions } from '../../src/providers/shoutu/options.ts';
import {
  accountKey,
  merchantPaymentId,
  merchantRefundId,
  providerPaymentId,
  providerRefundId,
} from '../../src/refunds/ids.ts';
import type { Money } from '../../src/refunds/money.ts';
import type { RefundObservation } from '../../src/refunds/observation.ts';
import type { Provider, RefundStatus } from '../../src/refunds/refund.ts';

/**
 * What becomes of one create:
 *
 * - accept, refuse, busy: answered. A refusal and "busy" are not executed.
 * - refuse-repeat: as refuse, also where it has the refund.
 * - lost-before, lost-after: no answer; not executed, or executed.
 * - late: no answer, and executed only when `arrive` is called.
 * - not-sent: never left.
 * - lie: executed, and answered with a refusal, where a refusal is not certain. Elsewhere a plain refusal.
 * - unread: executed, and answered with a yes that can't be read. unread-before: the same, not executed.
 * - inner-no: not executed, and answered with a no inside a yes.
 */
export const WORDS = [
  'accept',
  'refuse',
  'lie',
  'busy',
  'lost-before',
  'lost-after',
  'late',
  'not-sent',
  'unread',
  'inner-no',
] as const;
export type Word = (typeof WORDS)[number] | 'refuse-repeat' | 'unread-before' | 'crash-before' | 'crash-after';

/** What a send rejects with when the process ends in the middle of it. */
export const CRASH = new Error('the process ends');

export interface Executed {
  readonly command: CreateCommand;
  status: RefundStatus;
  /** How often money was set in motion under this id. More than once is what must never happen. */
  executions: number;
}

export interface Scripted {
  readonly account: ProviderAccount;
  readonly book: Map<string, Executed>;
  /** What was paid, by payment id; told with every refund of the payment. */
  readonly paid: Map<string, Money>;
  /** The ids of all creates that reached the provider or were meant to, in order. */
  readonly sent: string[];
  /** Takes the place of `accept` for the creates to come, one word each. */
  readonly script: Word[];
  /** Longest time of one call, in milliseconds. */
  timeoutMs: number;
  /** While false every query fails as unavailable. */
  reachable: boolean;
  /** While true every query is answered with a no. */
  refuses: boolean;
  /** Whether queries are answered as if it did not have this refund. */
  hides: (executed: Executed) => boolean;
  queries: number;
  /** Shoutu refuses a number that it has, as Jeepay does. Else it pays again: the worst that it may do. */
  refusesRepeats: boolean;
  /** What was late arrives now. How often it took up again what had failed, so that no money had moved. */
  readonly arrive: () => number;
  /** What it says of a refund now. */
  readonly tell: (merchantRefundId: string) => RefundObservation;
  /** Called in the middle of each query about a refund. */
  onQuery: (merchantRefundId: string | null, signal: AbortSignal) => Promise<void>;
  /** Called when an answer is made, before it is given. */
  telling: () => Promise<void>;
  /** Called in the middle of each send, before its word is carried out. */
  during: (signal: AbortSignal) => Promise<void>;
  /** What a create that was accepted is answered with; what was done is in the book. */
  answering: (observation: RefundObservation) => RefundObservation;
}

/**
 * The rules that the wings state. What services do with a refund depends on them, so a new provider gets its
 * rules here, and the properties of `test/services/` hold for it as well.
 */
export const RULES: Readonly<Record<Provider, CreateRules>> = {
  SHOUTU: {
    paymentKeys: ['providerPaymentId', 'merchantPaymentId'],
    repeatIsHarmless: false,
    onePerPayment: false,
    retryFailed: false,
    noIsCertain: false,
    maxReasonLength: 100,
    forbiddenCharacters: ['&', '='],
    maxPaymentIdLength: 128,
  },
  BLUEPAY: {
    paymentKeys: ['providerPaymentId'],
    repeatIsHarmless: true,
    onePerPayment: true,
    retryFailed: false,
    noIsCertain: true,
    maxReasonLength: 200,
    maxPaymentIdLength: 32,
  },
  TIPAY: {
    paymentKeys: ['merchantPaymentId'],
    repeatIsHarmless: true,
    onePerPayment: false,
    retryFailed: true,
    noIsCertain: true,
    maxReasonLength: 128,
    maxPaymentIdLength: 128,
  },
};

/** What a create is answered with under an id that the provider has. */
const REPEATS: Readonly<Record<Provider, 'nothing but that it is known' | 'the refund' | 'as any other'>> = {
  SHOUTU: 'as any other',
  BLUEPAY: 'nothing but that it is known',
  TIPAY: 'the refund',
};

/** A record with one value for each provider. */
export const ofEach = <Value>(make: (provider: Provider) => Value): Record<Provider, Value> => ({
  SHOUTU: make('SHOUTU'),
  BLUEPAY: make('BLUEPAY'),
  TIPAY: make('TIPAY'),
});

/** Opens an account with the rules of a provider. */
export function scriptedProvider(provider: Provider, key = provider.toLowerCase()): Scripted {
  const rules = RULES[provider];
  const repeat = REPEATS[provider];
  const late: CreateCommand[] = [];

  function execute(command: CreateCommand): void {
    const known = scripted.book.get(command.merchantRefundId);
    if (known === undefined) {
      scripted.book.set(command.merchantRefundId, { command, status: 'PROCESSING', executions: 1 });
      return;
    }
    // TiPay takes a failed refund again, Shoutu would pay twice, BluePay refuses the id.
    if (rules.retryFailed && known.status === 'FAILED') {
      known.status = 'PROCESSING';
      known.executions += 1;
    } else if (!rules.repeatIsHarmless) known.executions += 1;
  }

  const unknown: CreateOutcome = { kind: 'unknown', error: failure('timed-out', true) };

  function failure(kind: 'timed-out' | 'unavailable' | 'malformed' | 'rejected', sent: boolean): ProviderError {
    return new ProviderError({ kind, account: accountKey(key), operation: 'scripted', message: kind, sent });
  }

  function carryOut(word: Word, command: CreateCommand): CreateOutcome {
    const known = scripted.book.get(command.merchantRefundId);
    switch (word) {
      case 'accept':
      case 'refuse':
      case 'lie':
      case 'busy': {
        if (known !== undefined && repeat === 'nothing but that it is known') return { kind: 'known' };
        // Another refund under the id is refused.
        if (known !== undefined && repeat === 'the refund' && !isSame(known.command, command)) {
          return { kind: 'refused', code: 'OTHER', message: 'the input differs', retryable: true };
        }
        if (known !== undefined && repeat === 'the refund' && !(rules.retryFailed && known.status === 'FAILED')) {
          return { kind: 'accepted', observation: observationOf(known) };
        }
        if (known !== undefined && scripted.refusesRepeats) {
          return { kind: 'refused', code: '9999', message: 'the number exists', retryable: false };
        }
        if (word === 'lie' && !rules.noIsCertain) execute(command);
        if (word === 'refuse' || word === 'lie')
          return { kind: 'refused', code: 'NO', message: 'no', retryable: rules.retryFailed };
        if (word === 'busy') return { kind: 'busy', code: 'BUSY', message: 'another one is under way' };
        execute(command);
        const taken = scripted.book.get(command.merchantRefundId);
        return taken === undefined ? unknown : { kind: 'accepted', observation: observationOf(taken) };
      }
      case 'refuse-repeat':
        return { kind: 'refused', code: 'NO', message: 'no', retryable: rules.retryFailed };
      case 'lost-before':
        return unknown;
      case 'lost-after':
        execute(command);
        return unknown;
      case 'unread':
        execute(command);
        return { kind: 'accepted-unread', error: failure('malformed', true) };
      case 'unread-before':
        return { kind: 'accepted-unread', error: failure('malformed', true) };
      case 'crash-before':
        throw CRASH;
      case 'crash-after':
        execute(command);
        throw CRASH;
      case 'inner-no':
        // A repeat is answered with what it has, whatever the word.
        if (known !== undefined && known.status !== 'FAILED') return carryOut('accept', command);
        return { kind: 'refused', code: 'INNER', message: 'inner no', retryable: true, isDoubted: true };
      case 'late':
        late.push(command);
        return unknown;
      case 'not-sent':
        return { kind: 'not-sent', error: failure('unavailable', false) };
    }
  }

  function observationOf({ command, status }: Executed): RefundObservation {
    const { merchantPaymentId: merchant, providerPaymentId: theirs } = command;
    return {
      provider,
      merchantRefundId: command.merchantRefundId,
      providerRefundId: providerRefundId(`P-${command.merchantRefundId}`),
      merchantPaymentId: merchant === null ? null : merchantPaymentId(merchant),
      providerPaymentId: theirs === null ? null : providerPaymentId(theirs),
      paymentAmount: scripted.paid.get(merchant ?? theirs ?? '') ?? null,
      amount: command.amount,
      feeRefunded: null,
      status,
      providerStatus: status,
      reason: command.reason,
      failure: status === 'FAILED' ? { code: 'F', message: 'failed', retryable: rules.retryFailed } : null,
      createdAt: new Date('2026-01-01T00:00:00Z'),
      completedAt: null,
      details: null,
      raw: JSON.stringify({ id: command.merchantRefundId, status }),
    };
  }

  const scripted: Scripted = {
    book: new Map(),
    paid: new Map(),
    sent: [],
    script: [],
    timeoutMs: 10_000,
    reachable: true,
    refuses: false,
    hides: () => false,
    queries: 0,
    refusesRepeats: false,
    arrive: () => {
      const failed = ({ merchantRefundId: id }: CreateCommand) => scripted.book.get(id)?.status === 'FAILED';
      let takenUp = 0;
      for (const command of late.splice(0)) {
        if (rules.retryFailed && failed(command)) takenUp += 1;
        execute(command);
      }
      return takenUp;
    },
    tell: (merchantRefundId) => observationOf(executed(scripted, { merchantRefundId })),
    during: () => Promise.resolve(),
    answering: (observation) => observation,
    onQuery: () => Promise.resolve(),
    telling: () => Promise.resolve(),
    account: {
      key: accountKey(key),
      provider,
      displayName: key,
      currency: 'CNY',
      timeZone: 'Asia/Shanghai',
      get timeoutMs() {
        return scripted.timeoutMs;
      },
      callbackAllowedIps: null,
      queriedBy: [['merchantRefundId']],
      partialRefund: true,
      query: (lookup) => ({
        key: JSON.stringify(lookup),
        send: async (signal) => {
          scripted.queries += 1;
          await scripted.onQuery(lookup.merchantRefundId, signal);
          if (!scripted.reachable) throw failure('unavailable', true);
          if (scripted.refuses) throw failure('rejected', true);
          const rows = [...scripted.book.values()].filter(({ command }) =>
            lookup.merchantRefundId === null || rules.onePerPayment
              ? command.providerPaymentId === lookup.providerPaymentId
              : command.merchantRefundId === lookup.merchantRefundId,
          );
          const answer = rows.filter((one) => !scripted.hides(one)).map(observationOf);
          await scripted.telling();
          return { observations: answer, unreadable: [] };
        },
      }),
      create: {
        rules,
        ...(provider === 'SHOUTU' ? { options: shoutuOptions({}) } : {}),
        send: async (command, signal) => {
          scripted.sent.push(command.merchantRefundId);
          await scripted.during(signal);
          const outcome = carryOut(scripted.script.shift() ?? 'accept', command);
          if (outcome.kind !== 'accepted') return outcome;
          return { kind: 'accepted', observation: scripted.answering(outcome.observation) };
        },
      },
      probe: () => Promise.resolve(),
      health: () => ({ status: 'HEALTHY', lastSuccessAt: null, lastFailure: null }),
      close: () => Promise.resolve(),
    },
  };
  return scripted;
}

const isSame = (one: CreateCommand, other: CreateCommand): boolean =>
  one.merchantPaymentId === other.merchantPaymentId && one.amount.minorUnits === other.amount.minorUnits;

/** What a provider has of a refund. */
export function executed(
  { book }: Scripted,
  { merchantRefundId: id }: { readonly merchantRefundId: string },
): Executed {
  const found = book.get(id);
  if (found === undefined) throw new Error(`${id} was not executed`);
  return found;
}

/** A refund that was made elsewhere. */
export function madeElsewhere(at: Scripted, payment: string, id: string, minorUnits: bigint): void {
  const isTheirs = at.account.create?.rules.paymentKeys.includes('providerPaymentId') ?? false;
  const command: CreateCommand = {
    merchantRefundId: merchantRefundId(id),
    merchantPaymentId: isTheirs ? null : payment,
    providerPaymentId: isTheirs ? payment : null,
    amount: { minorUnits, currency: at.account.currency },
    reason: null,
    callbackUrl: '',
    details: null,
  };
  at.book.set(id, { command, status: 'PROCESSING', executions: 1 });
}
