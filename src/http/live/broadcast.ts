/** One telling for many equal readers: each event is executed, masked and written as JSON once. */
import { setImmediate as others } from 'node:timers/promises';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { createLoaders } from '../../graphql/loaders.ts';
import type { Context } from '../../graphql/context.ts';
import type { LiveItem, Telling } from '../../graphql/event/telling.ts';
import { metered } from '../../flow/meter.ts';
import type { Bills } from '../../ledger/bills.ts';
import type { RefundRef } from '../../refunds/ids.ts';
import { comparePositions, type EventPosition } from '../../refunds/event-cursor.ts';
import { billOf } from '../limits/bill.ts';
import { shown } from '../limits/answers.ts';
import { Message, Seat } from './seat.ts';

/** Runs a subscription through everything that Yoga's plugins do with one. */
export type Subscribe = (
  args: ExecutionArgs,
) => Promise<AsyncIterable<ExecutionResult> | ExecutionResult> | AsyncIterable<ExecutionResult> | ExecutionResult;

/** Readers who are told before everything else in this process has a turn. */
const WITHOUT_BREAK = 1_000;

export type Broadcast = ReturnType<typeof openBroadcast>;

/** Opens it for a first reader, who stands at `from`. It ends with its last reader; then `over` is called. */
export function openBroadcast(
  subscribe: Subscribe,
  {
    args,
    context,
    from,
    bills,
    over,
  }: {
    /** What the first reader asked, and its context: all others have the same rights. */
    readonly args: ExecutionArgs;
    readonly context: Context;
    readonly from: EventPosition;
    readonly bills: Bills;
    readonly over: () => void;
  },
) {
  const { caller: first, accounts, services, tell } = context;
  const { contextValue: _ofTheFirst, ...asked } = args;
  const { feed } = services;
  const seats = new Map<Seat, Context['audit'] | null>();
  /** How many readers are on each bill. */
  const payers = new Map<string, number>();
  const gone = new AbortController();
  /** Everything up to here was told, or is being told. */
  let reached = from;

  const contextOf = (telling: Telling, audit: Context['audit']): Context => ({
    caller: first,
    accounts,
    services,
    loaders: createLoaders(services),
    stream: null,
    telling,
    tell,
    audit,
    address: '',
    signal: gone.signal,
  });
  const run = (telling: Telling, audit: Context['audit']) =>
    subscribe({ ...asked, contextValue: contextOf(telling, audit) });
  const messageOf = (result: ExecutionResult, position: EventPosition | null): Message =>
    new Message(JSON.stringify(shown(result)), position, position === null ? null : feed.cursors.write(position));

  async function lastWord(item: LiveItem): Promise<Message | null> {
    const position = item.kind === 'too-slow' ? item.position : null;
    const results = await run({ kind: 'last-word', item }, () => undefined);
    if (!(Symbol.asyncIterator in results)) return messageOf(results, position);
    for await (const result of results) return messageOf(result, position);
    return null;
  }

  async function tellAll(): Promise<void> {
    /** Of the item that is being executed. */
    let position: EventPosition | null = null;
    let read: (readonly [RefundRef, string])[] = [];
    const telling: Telling = {
      kind: 'shared',
      from,
      reached: (behind) => {
        position = behind;
        reached = behind ?? reached;
      },
    };
    const results = await run(telling, (...what) => read.push(what));
    if (!(Symbol.asyncIterator in results)) return hand(messageOf(results, null), read);
    const iterator = results[Symbol.asyncIterator]();
    gone.signal.addEventListener('abort', () => void iterator.return?.());
    for (;;) {
      const usage = { providerCalls: 0, databaseMs: 0 };
      const next = await metered(usage, () => iterator.next());
      if (next.done === true) return;
      const message = messageOf(next.value, position);
      charge({ ...usage, answerKib: message.text.length / 1_024 });
      await hand(message, read);
      read = [];
    }
  }

  async function hand(message: Message, read: readonly (readonly [RefundRef, string])[]): Promise<void> {
    let handed = 0;
    for (const [seat, audit] of seats) {
      seat.hear(message);
      if (audit !== null) for (const what of read) audit(...what);
      handed += 1;
      if (handed % WITHOUT_BREAK === 0) await others();
    }
  }

  /** Each reader pays for its own answer, and a share of what was worked out for all. */
  function charge({
    providerCalls,
    databaseMs,
    answerKib,
  }: Record<'providerCalls' | 'databaseMs' | 'answerKib', number>) {
    for (const [payer, readers] of payers) {
      const share = readers / seats.size;
      bills.charge(payer, {
        providerCalls: share * providerCalls,
        databaseMs: share * databaseMs,
        answerKib: readers * answerKib,
      });
    }
  }

  void tellAll()
    .then(() => 'over' as const)
    .catch((error: unknown) => ({ error }))
    .then((end) => {
      over();
      for (const seat of seats.keys()) seat.close(end);
    });

  return {
    /** Gives a reader a seat at its place; null where the others are further already. */
    sit: (at: EventPosition, { caller, audit, address }: Context): Seat | null => {
      if (gone.signal.aborted || comparePositions(at, reached) < 0) return null;
      const payer = billOf({ caller, address });
      const expiry = caller.expiry();
      const expire = () => void seat.endWith({ kind: 'token-expired' });
      const leave = () => {
        if (!seats.delete(seat)) return;
        stand();
        expiry?.removeEventListener('abort', expire);
        const readers = (payers.get(payer) ?? 1) - 1;
        if (readers === 0) payers.delete(payer);
        else payers.set(payer, readers);
        if (seats.size > 0) return;
        gone.abort();
        over();
      };
      const seat = new Seat({ mostWaiting: feed.mostWaiting, lastWord, leave }, at);
      seats.set(seat, caller.may('refunds:raw') ? audit : null);
      payers.set(payer, (payers.get(payer) ?? 0) + 1);
      const stand = feed.sit(at, () => void seat.endWith({ kind: 'set-back' }));
      expiry?.addEventListener('abort', expire);
      if (expiry?.aborted === true) expire();
      return seat;
    },
  };
}
