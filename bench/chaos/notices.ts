/**
 * The providers' callbacks: several of each change, late, out of order, to any instance, and some without a
 * valid signature.
 */
import type { Book } from '../../src/sandbox/book.ts';
import type { ProviderName, Refund } from '../../src/sandbox/model.ts';
import type { CallbackMessage, Simulation } from '../../src/sandbox/simulation.ts';
import type { Plan } from './plan.ts';
import type { Moment, Notice } from './records.ts';

export interface Notices {
  /** As the plan says, of the refund as it is now. */
  readonly send: (plan: Plan, refund: Refund) => void;
  /** The same with a broken signature: it must not be believed. */
  readonly forge: (plan: Plan, refund: Refund) => void;
  /** Every try, oldest first. */
  readonly sent: readonly Notice[];
  /** Forged notices that were acknowledged. */
  readonly believedForgeries: readonly Notice[];
  readonly isIdle: () => boolean;
  readonly close: () => void;
}

interface Parts {
  readonly simulations: Readonly<Record<ProviderName, Simulation>>;
  readonly book: Book;
  readonly instances: readonly string[];
  readonly later: (afterMs: number, work: () => void) => void;
  readonly moment: (moment: Moment, instance: number) => void;
}

const TRIES = 5;
const PAUSE_MS = 500;
const DEADLINE_MS = 5_000;

export function openNotices({ simulations, book, instances, later, moment }: Parts): Notices {
  const sent: Notice[] = [];
  const believedForgeries: Notice[] = [];
  const closing = new AbortController();
  let underWay = 0;

  function write(refund: Refund): CallbackMessage | null {
    const simulation = simulations[refund.provider];
    const content = simulation.callbackContent(refund, book.paymentOf(refund));
    return content === null ? null : simulation.envelope(content);
  }

  function send(plan: Plan, refund: Refund): void {
    const letter = write(refund);
    if (letter === null) return;
    for (const { afterMs, elsewhere } of plan.notices) {
      later(afterMs, () => void deliver(plan, refund, letter, addressOf(refund, elsewhere), 1));
    }
  }

  function addressOf({ notifyUrl }: Refund, elsewhere: boolean): string {
    const url = notifyUrl ?? '';
    if (!elsewhere) return url;
    const other = instances.find((instance) => !url.startsWith(`${instance}/`));
    return other === undefined ? url : `${other}${new URL(url).pathname}`;
  }

  async function deliver(
    plan: Plan,
    refund: Refund,
    letter: CallbackMessage,
    url: string,
    attempt: number,
  ): Promise<void> {
    const instance = instances.findIndex((one) => url.startsWith(`${one}/`));
    const posting = post(refund, letter, url);
    moment('notice sent', instance);
    const answer = await posting;
    if (closing.signal.aborted) return;
    if (answer === 'acknowledged') moment('notice acknowledged', instance);
    sent.push({ at: Date.now(), key: plan.key, status: refund.status, url, answer, forged: false });
    if (answer === 'acknowledged' || attempt === TRIES) return;
    later(PAUSE_MS * attempt, () => void deliver(plan, refund, letter, url, attempt + 1));
  }

  async function post(
    refund: Refund,
    { contentType, headers: own, body }: CallbackMessage,
    url: string,
  ): Promise<Notice['answer']> {
    underWay += 1;
    try {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(DEADLINE_MS)]);
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...own, 'content-type': contentType },
        body,
        signal,
      });
      const text = await response.text();
      return response.ok && simulations[refund.provider].acknowledged(text) ? 'acknowledged' : 'not acknowledged';
    } catch {
      return 'no answer';
    } finally {
      underWay -= 1;
    }
  }

  async function forge(plan: Plan, refund: Refund): Promise<void> {
    const letter = write(refund);
    if (letter === null) return;
    const body = letter.body.replace(
      /(sign(?:=|":"))(.)/,
      (_whole, name: string, first: string) => `${name}${first === 'A' ? 'B' : 'A'}`,
    );
    if (body === letter.body) throw new Error('a forgery that is genuine');
    const url = addressOf(refund, false);
    const answer = await post(refund, { ...letter, body }, url);
    const notice: Notice = { at: Date.now(), key: plan.key, status: refund.status, url, answer, forged: true };
    sent.push(notice);
    if (answer === 'acknowledged') believedForgeries.push(notice);
  }

  return {
    send,
    forge: (plan, refund) => void forge(plan, refund),
    sent,
    believedForgeries,
    isIdle: () => underWay === 0,
    close: () => closing.abort(),
  };
}
