/**
 * Refuses requests whose text can't be read as it was written. Repaired text would make one key of many keys.
 */
import { isUtf8 } from 'node:buffer';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Encodings that say "not compressed". No compression is read. */
const PLAIN = new Set(['', 'identity']);
/**
 * Charsets whose bytes are UTF-8. JSON is always UTF-8; another charset says that the body is not JSON.
 */
const UTF8 = new Set(['utf-8', 'utf8', 'us-ascii']);

/**
 * Answers 415 to a body in another encoding, and 400 to a body or an address that is not UTF-8, before
 * anything runs.
 */
export const readableOnly: Plugin = {
  onRequestParse: ({ request, url, requestParser, setRequestParser, fetchAPI }) => {
    if (!isReadableAddress(url.search)) {
      throw refusal(400, 'BAD_REQUEST', 'The address is not UTF-8, percent-encoded.');
    }
    if (request.method !== 'POST' || requestParser === undefined) return;
    const unread = unreadEncoding(request.headers);
    if (unread !== null) throw refusal(415, 'UNSUPPORTED_MEDIA_TYPE', unread);
    setRequestParser(async (sent) => {
      const bytes = new Uint8Array(await sent.arrayBuffer());
      if (!isUtf8(bytes)) throw refusal(400, 'BAD_REQUEST', 'The body is not UTF-8.');
      const { method, headers, signal } = sent;
      return requestParser(new fetchAPI.Request(sent.url, { method, headers, signal, body: bytes }));
    });
  },
};

const refusal = (status: number, code: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code, http: { status } } });

/** What is wrong with how the body is encoded, or null. */
function unreadEncoding(headers: Headers): string | null {
  const encodings = (headers.get('content-encoding') ?? '').split(',').map((word) => word.trim().toLowerCase());
  if (!encodings.every((word) => PLAIN.has(word))) return 'Send the request without content-encoding.';
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers.get('content-type') ?? '') ?? [];
  return UTF8.has(charset.toLowerCase()) ? null : 'Send the request as JSON in UTF-8.';
}

/**
 * Whether the bytes that a percent-encoded text stands for are UTF-8. Node itself refuses bytes that are not
 * encoded so.
 */
function isReadableAddress(search: string): boolean {
  const text = search.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
  return isUtf8(Buffer.from(text, 'latin1'));
}

/** The text of a WebSocket frame, text or binary; null when it is not UTF-8. */
export const frameText = (frame: Buffer): string | null => (isUtf8(frame) ? frame.toString('utf8') : null);
