/** GraphiQL's page, packed: it brings everything with it, some megabytes of text. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';
import { takesGzip } from './compress.ts';

const pack = promisify(gzip);

/** What the page may load and whom it may call. It may stand in no frame: a click on it can move money. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sends the page as gzip to clients that take it. It is the same for all, and compressed once. */
export function packPage(): Plugin {
  let packed: Promise<Uint8Array<ArrayBuffer>> | null = null;
  return {
    onResponse: async (answer) => {
      const { request, response, fetchAPI } = answer;
      if (response.headers.get('content-type')?.startsWith('text/html') !== true) return;
      response.headers.set('content-security-policy', PAGE_POLICY);
      if (!takesGzip(request.headers.get('accept-encoding') ?? '')) return;
      packed ??= response.text().then((page) => pack(page));
      const page = new fetchAPI.Response(await packed, { status: response.status, headers: response.headers });
      page.headers.set('content-encoding', 'gzip');
      page.headers.delete('content-length');
      answer.setResponse(page);
    },
  };
}
