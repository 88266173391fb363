/** What a hostile client sends over a WebSocket. */
import type { Random } from '../../src/sandbox/random.ts';
import { pick, TEXTS } from './pieces.ts';

const TYPES = [
  'subscribe',
  'next',
  'error',
  'complete',
  'ping',
  'pong',
  'connection_ack',
  'connection_init',
  '',
  'x',
] as const;

/** From one to five messages. Most of them come after a good `connection_init`, which the sender sends. */
export function messagesOf(random: Random, requestOf: (random: Random) => string): readonly string[] {
  return Array.from({ length: 1 + Math.floor(random() * 5) }, () => messageOf(random, requestOf));
}

function messageOf(random: Random, requestOf: (random: Random) => string): string {
  const chance = random();
  const id = JSON.stringify(pick(random, ['1', '1', '2', ...TEXTS], '1'));
  if (chance < 0.6) return `{"type":"subscribe","id":${id},"payload":${requestOf(random)}}`;
  if (chance < 0.7)
    return `{"type":"subscribe","id":${id},"payload":{"query":"subscription { refundEvents { cursor } }"}}`;
  if (chance < 0.75) return pick(random, ['', 'null', '[]', '1', '{', '"x"', '{"type":{}}', '['.repeat(50_000)], '');
  const type = JSON.stringify(pick(random, TYPES, 'x'));
  return `{"type":${type},"id":${id},"payload":${JSON.stringify(pick(random, TEXTS, ''))}}`;
}
