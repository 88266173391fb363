/** A server that listens for callbacks and answers what it is told to. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterEach } from 'vitest';
import { listen, readBody } from '../../../src/sandbox/http/http.ts';

export interface Heard {
  readonly path: string;
  readonly contentType: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** When it came, by `performance.now()`. */
  readonly at: number;
}

export interface Ear {
  readonly url: string;
  readonly heard: readonly Heard[];
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Opens an ear; `answer` gives status and body for the nth callback, counted from 0; null never answers. */
export async function openEar(
  answer: (nth: number) => { readonly status: number; readonly body: string } | null,
): Promise<Ear> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const hear = async (): Promise<void> => {
      const body = (await readBody(request)) ?? '';
      const { url: path = '', headers } = request;
      heard.push({ path, contentType: headers['content-type'] ?? '', headers, body, at: performance.now() });
      const said = answer(heard.length - 1);
      if (said) response.writeHead(said.status).end(said.body);
    };
    void hear();
  });
  const url = await listen(server, '127.0.0.1', 0);
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url, heard };
}
