/** The lines of the table, by name: what is measured, and how. */
import { callbacksAtOnce, callbacksOneByOne } from './callbacks.ts';
import { createsAtOnce } from './creates.ts';
import { ledgerList, ledgerOne, ledgerWalk } from './ledger-reads.ts';
import { providerList } from './provider-lists.ts';
import { starts } from './starts.ts';
import type { Bench, Row } from './bench.ts';

export interface Line {
  readonly what: string;
  readonly run: (bench: Bench) => Promise<readonly Row[]>;
}

export const LINES: Readonly<Record<string, Line>> = {
  list: {
    what: 'list-20 over the provider, rows seen before, upstream delay 0',
    run: (bench) => providerList(bench, { delayMs: 0, rows: 'seen', read: 'PROVIDER' }),
  },
  'list-auto': {
    what: 'list-20 over the provider as frontends ask (read: AUTO), rows seen before, upstream delay 0',
    run: (bench) => providerList(bench, { delayMs: 0, rows: 'seen', read: 'AUTO' }),
  },
  'list-20ms': {
    what: 'list-20 over the provider, rows seen before, upstream delay 20 ms',
    run: (bench) => providerList(bench, { delayMs: 20, rows: 'seen', read: 'PROVIDER' }),
  },
  'list-new': {
    what: 'list-20 over the provider, every row new to the ledger, upstream delay 0',
    run: (bench) => providerList(bench, { delayMs: 0, rows: 'new', read: 'PROVIDER' }),
  },
  ledger: { what: 'list-20 from the ledger, first page of 1,000', run: ledgerList },
  'ledger-walk': { what: 'list-20 from the ledger, behind cursors', run: ledgerWalk },
  one: { what: 'refund by id from the ledger', run: ledgerOne },
  create: { what: 'createRefund, 32 at once', run: createsAtOnce },
  callbacks: { what: 'callbacks, 32 at once', run: callbacksAtOnce },
  'callbacks-one-by-one': { what: 'callbacks, one after the other', run: callbacksOneByOne },
  start: { what: 'start of an empty server to its first answer, memory 4 s later, idle', run: starts },
};
