/**
 * What readers were answered before. A page that comes again, byte for byte, is not read again: the same JSON
 * object is given for it, so that whoever read it can recognise it. Bounded in bytes.
 */
import { LRUCache } from 'lru-cache';
import type { RecordRead } from '../../refunds/observation.ts';
import type { Json } from '../../refunds/refund.ts';
import type { HttpAnswer } from './exchange.ts';

/** Bytes of memory that answers may take, and records besides; of the whole process. */
const ANSWERS_BYTES = 32 * 1024 * 1024;
const RECORDS_BYTES = 32 * 1024 * 1024;
/** What an answer takes when it is read, as a multiple of what it takes on the wire. */
const READ_FACTOR = 8;

interface Known {
  readonly contentEncoding: string;
  readonly bytes: Buffer;
  readonly json: Json;
}

export type Remembered = ReturnType<typeof createRemembered>;

/** An empty memory, for all accounts of a process together. */
export function createRemembered() {
  const answers = new LRUCache<string, Known>({
    maxSize: ANSWERS_BYTES,
    sizeCalculation: ({ bytes }, name) => name.length + READ_FACTOR * bytes.length,
  });
  const records = new LRUCache<string, RecordRead>({
    maxSize: RECORDS_BYTES,
    sizeCalculation: (_read, name) => READ_FACTOR * name.length,
  });
  return {
    /**
     * The JSON of an answer under this name, where the last one was the same. The name must say all that
     * decides what the answer means.
     */
    answer: (name: string, { contentEncoding, bytes }: HttpAnswer): Json | undefined => {
      const known = answers.get(name);
      const isSame = known?.contentEncoding === contentEncoding && known.bytes.equals(bytes);
      return isSame ? known.json : undefined;
    },
    /** Keeps an answer that was read and stands. */
    keepAnswer: (name: string, { contentEncoding, bytes }: HttpAnswer, json: Json): void =>
      void answers.set(name, { contentEncoding, bytes, json }),
    /**
     * Records by their account and text, each with what it was read as. Only those of which nothing was told.
     */
    records,
  };
}
