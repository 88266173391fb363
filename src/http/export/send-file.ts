/** Sends refunds as a file while they are read: nothing of it is kept, and one that broke off is seen to. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { constants, createGzip } from 'node:zlib';
import { metered } from '../../flow/meter.ts';
import type { Bills } from '../../ledger/bills.ts';
import type { ExportedRow } from '../../services/reading/export.ts';
import { takesGzip } from '../compress.ts';
import { HEADER, linesOf } from './refund-csv.ts';

/** Longest that a file takes, in milliseconds: it is read with the right that a token gave at its start. */
const LONGEST_MS = 15 * 60_000;
/**
 * When its caller has used this part of its minute, a file leaves the rest to the caller's other requests: so
 * long lies between two pages, in milliseconds. No proxy takes that for a server that stands still.
 */
const BUSY_SHARE = 0.5;
const SLOW_MS = 3_000;
/** With it in front spreadsheets know that a text is UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';

export interface File {
  readonly name: string;
  readonly withByteOrderMark: boolean;
  readonly pages: AsyncGenerator<readonly ExportedRow[], void>;
}

/** What became of a file. */
export interface Sent {
  readonly rows: number;
  /** False: it was cut, and its reader can't take it for whole. */
  readonly whole: boolean;
  /** What went wrong here; null: nothing did, or the reader has left. */
  readonly error: unknown;
}

/**
 * Answers with the file. Rejects, with nothing sent, where its first page can't be read. Later the connection
 * is cut: a reader of HTTP/1.1 misses the last chunk, and one of HTTP/1.0 is told by a reset.
 */
export async function sendFile(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { name, withByteOrderMark, pages }: File,
  { bills, caller }: { readonly bills: Bills; readonly caller: string },
): Promise<Sent> {
  const cut = (): void => void request.socket.resetAndDestroy();
  const usage = { providerCalls: 0, databaseMs: 0 };
  const sent = { rows: 0, whole: false, error: null as unknown };

  async function readPage() {
    const page = await metered(usage, () => pages.next());
    const rows = page.done === true ? [] : page.value;
    const text = linesOf(rows);
    bills.charge(caller, { ...usage, answerKib: Buffer.byteLength(text) / 1_024 });
    Object.assign(usage, { providerCalls: 0, databaseMs: 0 });
    return { isLast: page.done === true, rows: rows.length, text };
  }

  const first = await readPage();

  async function* lines() {
    yield `${withByteOrderMark ? BYTE_ORDER_MARK : ''}${HEADER}`;
    try {
      for (let page = first; !page.isLast; page = await readPage()) {
        if (sent.rows > 0 && bills.share(caller) >= BUSY_SHARE) await pause(SLOW_MS);
        sent.rows += page.rows;
        yield page.text;
      }
    } catch (error) {
      sent.error = error;
      cut();
      throw error;
    }
  }

  const isPacked = takesGzip(request.headers['accept-encoding']?.toString() ?? '');
  response.writeHead(200, {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="${name}"`,
    ...(isPacked && { 'content-encoding': 'gzip' }),
  });
  const packing = isPacked ? [createGzip({ level: constants.Z_BEST_SPEED })] : [];
  const late = setTimeout(cut, LONGEST_MS);
  try {
    await pipeline([Readable.from(lines(), { objectMode: false }), ...packing, response]);
    return { ...sent, whole: true };
  } catch {
    return sent;
  } finally {
    clearTimeout(late);
    await pages.return();
  }
}
