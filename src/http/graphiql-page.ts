/** GraphiQL's page, packed: it brings everything with it, some megabytes of text. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';

const pack = promisify(gzip);

/** Sends the page as gzip to clients that take it. It is the same for all, and compressed once. */
export function packPage(): Plugin {
  let packed: Promise<Uint8Array<ArrayBuffer>> | null = null;
  return {
    onResponse: async (answer) => {
      const { request, response, fetchAPI } = answer;
      if (response.headers.get('content-type')?.startsWith('text/html') !== true) return;
      response.headers.append('vary', 'accept-encoding');
      if (!/\bgzip\b/i.test(request.headers.get('accept-encoding') ?? '')) return;
      packed ??= response.text().then((page) => pack(page));
      const page = new fetchAPI.Response(await packed, { status: response.status, headers: response.headers });
      page.headers.set('content-encoding', 'gzip');
      page.headers.delete('content-length');
      answer.setResponse(page);
    },
  };
}
