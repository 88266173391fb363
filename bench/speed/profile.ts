/** A processor profile of a running server, taken through Node's inspector and summed up by group. */
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Load } from './load.ts';

/** Share of the busy time by group, the largest first. */
export type Profile = readonly { readonly group: string; readonly share: number }[];

/** The first that matches a script's address gives the group. */
const GROUPS: readonly (readonly [pattern: RegExp, group: string])[] = [
  [/@whatwg-node|@envelop|graphql-yoga|fetchache/, 'HTTP: Yoga, whatwg-node, envelop'],
  [/@graphql-tools/, 'executor (@graphql-tools)'],
  [/node_modules\/graphql\//, 'graphql'],
  [/@pothos/, 'Pothos'],
  [/node_modules\/zod/, 'zod'],
  [/temporal-polyfill/, 'temporal-polyfill'],
  [/node_modules\/undici|deps\/undici/, 'undici'],
  [/node_modules\/kysely/, 'Kysely'],
  [/node_modules\/pg(-[a-z]+)?\/|postgres-/, 'pg driver'],
  [/pglite/, 'PGlite'],
  [/node_modules\/(pino|prom-client|sonic-boom|thread-stream)/, 'pino, prom-client'],
  [/node_modules\/jose/, 'jose'],
  [/node_modules\/dataloader/, 'dataloader'],
  [/node_modules\//, 'other packages'],
  [/src\/providers\/wire\/json/, 'ours: providers/wire/json'],
  [/src\/providers/, 'ours: providers'],
  [/src\/(services|refunds)/, 'ours: services, refunds'],
  [/src\/paging/, 'ours: paging'],
  [/src\/graphql/, 'ours: graphql'],
  [/src\/http/, 'ours: http'],
  [/src\/(ledger|feed)/, 'ours: ledger, feed'],
  [/src\//, 'ours: the rest'],
  [
    /node:internal\/(streams|http|net|stream_base|timers)|node:(net|_http|http|stream|timers|internal\/http)/,
    'node: net, streams, timers, http',
  ],
  [/node:internal\/(abort|event_target|per_context\/domexception)/, 'node: events and aborts'],
  [/node:internal\/crypto|node:crypto/, 'node: crypto'],
  [/node:/, 'node: other'],
];

const taken = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.number()).default([]),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** What is done meanwhile, with a profile of the server whose inspector listens there. */
export function profiled(
  inspector: string,
  run: (seconds: number) => Promise<Load>,
  hear: (profile: Profile) => void,
): (seconds: number) => Promise<Load> {
  return async (seconds) => {
    const session = await connect(inspector);
    await session.call('Profiler.enable');
    await session.call('Profiler.setSamplingInterval', { interval: 500 });
    await session.call('Profiler.start');
    const done = await run(seconds);
    const { profile } = z.object({ profile: taken }).parse(await session.call('Profiler.stop'));
    session.close();
    hear(byGroup(profile));
    return done;
  };
}

async function connect(address: string) {
  const socket = new WebSocket(address, { maxPayload: 1_073_741_824 });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map<number, (result: unknown) => void>();
  const answer = z.object({ id: z.number(), result: z.unknown() });
  socket.on('message', (data: Buffer) => {
    const { data: told } = answer.safeParse(JSON.parse(data.toString()));
    if (told !== undefined) waiting.get(told.id)?.(told.result);
  });
  let last = 0;
  return {
    call: (method: string, params: object = {}): Promise<unknown> => {
      last += 1;
      const id = last;
      socket.send(JSON.stringify({ id, method, params }));
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    close: () => socket.close(),
  };
}

const IDLE: ReadonlySet<string> = new Set(['(idle)', '(root)', '(program)']);

/** Self time; a function without a script, like JSON.parse, counts for who called it. */
function byGroup({ nodes, samples, timeDeltas }: z.infer<typeof taken>): Profile {
  const parents = new Map(nodes.flatMap(({ id, children }) => children.map((child) => [child, id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const groups = new Map<number, string>();
  for (const { id } of nodes) groups.set(id, groupOf(id));

  function groupOf(id: number | undefined): string {
    const frame = id === undefined ? undefined : byId.get(id)?.callFrame;
    if (frame === undefined || id === undefined) return 'nobody';
    if (frame.functionName === '(garbage collector)') return 'GC';
    if (IDLE.has(frame.functionName)) return frame.functionName;
    if (frame.url === '') return groupOf(parents.get(id));
    return GROUPS.find(([pattern]) => pattern.test(frame.url))?.[1] ?? 'other';
  }

  const sums = new Map<string, number>();
  for (const [nth, id] of samples.entries()) {
    const group = groups.get(id) ?? 'nobody';
    if (!IDLE.has(group)) sums.set(group, (sums.get(group) ?? 0) + (timeDeltas[nth] ?? 0));
  }
  const whole = [...sums.values()].reduce((sum, one) => sum + one, 0);
  return [...sums].map(([group, sum]) => ({ group, share: sum / whole })).toSorted((a, b) => b.share - a.share);
}
