/**
 * Callbacks. Each is sent until it is acknowledged in the provider's own words, with growing pauses, and to
 * loopback only.
 */
import { Agent, request } from 'node:http';
import type { Book } from '../book.ts';
import type { Letter, ProviderName, Refund } from '../model.ts';
import type { CallbackMessage, Simulation } from '../simulation.ts';

/** What became of a callback that is no longer being sent. */
export interface Delivered {
  readonly provider: ProviderName;
  readonly merchantRefundId: string;
  readonly attempts: number;
  readonly outcome: 'acknowledged' | 'given up' | 'not called: only loopback addresses are';
}

export interface Post {
  /** Puts a callback about the refund as it is now into the out-tray. Says where it goes, or why nowhere. */
  readonly write: (refund: Refund) => { readonly url: string } | { readonly problem: string };
  /** Sends what is due. */
  readonly deliver: () => void;
  /** The last callbacks that are done with, oldest first. */
  readonly done: () => readonly Delivered[];
  readonly close: () => void;
}

const PAUSES = [1000, 2000, 5000, 10_000, 30_000];
const AT_ONCE = 64;
const DEADLINE = 5000;
const MAX_ANSWER = 4096;
const KEPT = 1000;

/** Whether a callback address is on this machine: nothing else is ever called. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || /^127\.[\d.]+$/.test(hostname));
}

/** The out-tray over a book. `defaultUrl` is for refunds that came without an address. */
export function openPost(parts: {
  readonly book: Book;
  readonly simulations: Readonly<Record<ProviderName, Simulation>>;
  readonly now: () => number;
  readonly pauses: readonly number[] | undefined;
  readonly defaultUrl: (provider: ProviderName) => string | null;
  readonly touch: () => void;
  readonly log: (line: string) => void;
}): Post {
  const { book, simulations, now, pauses = PAUSES } = parts;
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const onTheWay = new Set<number>();
  const done: Delivered[] = [];
  let open = true;

  function finish(letter: Letter, attempts: number, outcome: Delivered['outcome']): void {
    book.removeLetter(letter.id);
    done.push({ provider: letter.provider, merchantRefundId: letter.merchantRefundId, attempts, outcome });
    if (done.length > KEPT) done.shift();
  }

  async function attempt(letter: Letter): Promise<void> {
    onTheWay.add(letter.id);
    const simulation = simulations[letter.provider];
    // An address that can't even be tried (port 0) counts as one that does not answer.
    const answer = await deliverOnce(letter.url, simulation.envelope(letter.content), agent).catch(() => null);
    onTheWay.delete(letter.id);
    if (!open) return;
    const attempts = letter.attempts + 1;
    if (answer?.status === 200 && simulation.acknowledged(answer.body)) finish(letter, attempts, 'acknowledged');
    else if (attempts >= simulation.callbackAttempts) finish(letter, attempts, 'given up');
    else {
      const pause = pauses[Math.min(attempts, pauses.length) - 1] ?? 0;
      book.putLetter({ ...letter, attempts, nextAt: now() + pause });
    }
    parts.touch();
    deliver();
  }

  function deliver(): void {
    for (const letter of book.letters()) {
      if (onTheWay.size >= AT_ONCE) return;
      if (letter.nextAt > now() || onTheWay.has(letter.id)) continue;
      attempt(letter).catch((error: unknown) => parts.log(`A callback could not be sent: ${String(error)}`));
    }
  }

  return {
    write(refund) {
      const url = refund.notifyUrl ?? parts.defaultUrl(refund.provider);
      if (url === null) return { problem: 'The refund has no callback address.' };
      const content = simulations[refund.provider].callbackContent(refund, book.paymentOf(refund));
      if (content === null)
        return { problem: `${refund.provider} has no callback for a refund that is ${refund.status}.` };
      const { provider, merchantRefundId } = refund;
      const letter = { id: book.nextNumber(), provider, merchantRefundId, url, content, attempts: 0, nextAt: now() };
      if (isLoopback(url)) book.putLetter(letter);
      else finish(letter, 0, 'not called: only loopback addresses are');
      return { url };
    },
    deliver,
    done: () => done,
    close() {
      open = false;
      agent.destroy();
    },
  };
}

/** One attempt; null when no whole answer came in time. */
function deliverOnce(
  url: string,
  { contentType, headers: own, body }: CallbackMessage,
  agent: Agent,
): Promise<{ readonly status: number; readonly body: string } | null> {
  return new Promise((resolve) => {
    const bytes = Buffer.from(body, 'utf8');
    const headers = { ...own, 'content-type': contentType, 'content-length': bytes.length };
    const sent = request(url, { method: 'POST', agent, headers, signal: AbortSignal.timeout(DEADLINE) }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER) sent.destroy();
        else chunks.push(chunk);
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
      answer.on('error', () => resolve(null));
      answer.on('close', () => resolve(null));
    });
    sent.on('error', () => resolve(null));
    sent.end(bytes);
  });
}
