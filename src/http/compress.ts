/** JSON answers, packed for clients that take it: a page of refunds shrinks to a tenth. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';

const pack = promisify(gzip);

/** Smaller answers fit into one packet as they are, in bytes. */
const SMALLEST = 1024;

const JSON_TYPE = /^application\/(?:graphql-response\+)?json\b/;

/** Sends JSON from 1 kB on as gzip, where `Accept-Encoding` takes that. */
export const compressJson: Plugin = {
  onResponse: async (answer) => {
    const { request, response, fetchAPI } = answer;
    const { headers } = response;
    if (!JSON_TYPE.test(headers.get('content-type') ?? '') || headers.has('content-encoding')) return;
    const accepted = request.headers.get('accept-encoding') ?? '';
    if (!takesGzip(accepted)) return;
    const body = await packed(await response.text(), accepted);
    const sent = new fetchAPI.Response(body, { status: response.status, headers });
    if (typeof body !== 'string') {
      sent.headers.delete('content-length');
      sent.headers.set('content-encoding', 'gzip');
    }
    answer.setResponse(sent);
  },
};

/** The text as gzip, where its reader takes that and it is worth it; else the text. */
export async function packed(text: string, accepted: string): Promise<string | Uint8Array<ArrayBuffer>> {
  return takesGzip(accepted) && Buffer.byteLength(text) >= SMALLEST ? new Uint8Array(await pack(text)) : text;
}

/** Whether an `Accept-Encoding` has `gzip`, and not with a weight of nothing. */
export const takesGzip = (accepted: string): boolean =>
  accepted.split(',').some((entry) => /^\s*(?:gzip|\*)\s*(?:;\s*q\s*=\s*(?!0(?:\.0*)?\s*$)[\d.]+\s*)?$/i.test(entry));
