/** Clients that ask again as soon as they are answered, each on a connection of its own. */
import { Client } from 'undici';

/** One request; the load writes `host` and `content-length`. */
export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The nth request of a connection; null: nothing is left to ask. */
export type NextRequest = (connection: number, nth: number) => Request | null;

export interface Load {
  readonly answered: number;
  readonly seconds: number;
  /** Milliseconds of each answer, in rising order. */
  readonly times: readonly number[];
}

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  /** How long new requests are made. */
  readonly seconds: number;
  readonly next: NextRequest;
  /** Whether an answer is as it should be. */
  readonly isRight: (body: string) => boolean;
}

/** Asks for so long. Throws on the first answer that is not right. */
export async function load({ url, connections, seconds, next, isRight }: LoadOptions): Promise<Load> {
  const times: number[] = [];
  const began = performance.now();
  const end = began + seconds * 1_000;

  async function ask(client: Client, connection: number): Promise<void> {
    for (let nth = 0; performance.now() < end; nth += 1) {
      const request = next(connection, nth);
      if (request === null) return;
      const sentAt = performance.now();
      const { statusCode, body } = await client.request(request);
      const text = await body.text();
      times.push(performance.now() - sentAt);
      if (statusCode !== 200 || !isRight(text))
        throw new Error(`${url}${request.path} answered ${statusCode}: ${text.slice(0, 2_000)}`);
    }
  }

  const clients = Array.from({ length: connections }, () => new Client(url, { bodyTimeout: 60_000 }));
  try {
    await Promise.all(clients.map(ask));
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
  }
  return {
    answered: times.length,
    seconds: (performance.now() - began) / 1_000,
    times: times.toSorted((a, b) => a - b),
  };
}

/** The time that a share of all answers came within. */
export const within = ({ times }: Load, share: number): number =>
  times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN;
