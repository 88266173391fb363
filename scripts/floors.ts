/** The rules of the house: allowed imports, and where the time and the environment may be read. */
import type { SourceFile } from './source.ts';

/** From the roof to the ground. A room imports only from the floors below its own. */
const FLOORS: readonly (readonly string[])[] = [
  ['the processes'],
  ['app', 'commands'],
  ['http', 'telemetry', 'config', 'sandbox'],
  ['graphql', 'callbacks', 'jobs'],
  ['services', 'feed'],
  ['providers', 'ledger'],
  ['operator'],
  ['refunds', 'paging'],
  ['flow'],
];

/** Rooms with less freedom than their floor gives them: the only rooms of ours that they may import. */
const IMPORTS_ONLY: Readonly<Record<string, readonly string[]>> = {
  config: ['providers', 'refunds', 'flow'],
  // The ground: each speaks one language. Refunds only of money, paging only of rows, flow only of time.
  refunds: [],
  paging: ['flow'],
  // Of nothing: a schema shared with the server would be a misreading shared with the server.
  sandbox: [],
};

/** Rooms with fewer visitors than the floors above them. */
const IMPORTED_ONLY_BY: Readonly<Record<string, readonly string[]>> = {
  config: ['app', 'the processes', 'commands'],
  sandbox: ['app', 'the processes', 'commands'],
  commands: ['the processes'],
};

/** Where the time, chance and new ids come from; all other files have them handed in. */
const MAY_TAKE_TIME = /^([^/]+|commands\/[^/]+|sandbox\/(main|sandbox))\.ts$/;
const MAY_READ_ENVIRONMENT = /^(config\/.*|sandbox\/main\.ts)$/;

/** The room of a file. The files directly below src/ are processes (main), all but app. */
function roomOf(path: string): string {
  const [first = '', ...rest] = path.split('/');
  if (rest.length > 0) return first;
  return first === 'app.ts' ? 'app' : 'the processes';
}

/**
 * A provider's wing, e.g. `shoutu` of `providers/shoutu/map.ts`. What all wings share is in http/ and wire/.
 */
const wingOf = (path: string): string | null => /^providers\/(?!http\/|wire\/)([^/]+)\//.exec(path)?.[1] ?? null;

/** Whether a file may import one of a wing: nothing outside it knows a wire name. */
function mayEnterWing(from: string, to: string): boolean {
  if (wingOf(from) === wingOf(to) || from === 'providers/index.ts') return true;
  return roomOf(from) === 'config' && to.endsWith('/settings.ts');
}

const floorOf = (room: string): number => FLOORS.findIndex((rooms) => rooms.includes(room));

function importBreach(from: string, to: string): string | null {
  const [room, target] = [roomOf(from), roomOf(to)];
  if (to.startsWith('../')) return 'leads out of src/';
  if (wingOf(to) !== null && !mayEnterWing(from, to)) return 'reaches into a wing: only providers/index.ts does';
  if (wingOf(from) !== null && to === 'providers/index.ts') return 'a wing imports the list of wings';
  if (room === target) return null;

  const only = IMPORTS_ONLY[room];
  if (only && !only.includes(target)) return `${room} may import only ${only.join(', ') || 'its own files'}`;
  const visitors = IMPORTED_ONLY_BY[target];
  if (visitors && !visitors.includes(room)) return `${target} may be imported only by ${visitors.join(' and ')}`;

  if (floorOf(target) < floorOf(room)) return `${room} imports ${target} from a floor above`;
  return floorOf(target) === floorOf(room) ? `${room} imports ${target} beside it` : null;
}

/** Circles of a graph, as the names along each: one at least where there are any. */
function circlesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (name: string): void => {
    const seenAt = path.indexOf(name);
    if (seenAt >= 0) circles.push([...path.slice(seenAt), name]);
    if (seenAt >= 0 || done.has(name)) return;
    path.push(name);
    for (const next of graph.get(name) ?? []) walk(next);
    path.pop();
    done.add(name);
  };
  for (const name of graph.keys()) walk(name);
  return circles;
}

function importGraph(files: readonly SourceFile[], nameOf: (path: string) => string): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const file of files) {
    const name = nameOf(file.path);
    const targets = graph.get(name) ?? new Set();
    graph.set(name, targets);
    for (const { path } of file.imports) if (nameOf(path) !== name) targets.add(nameOf(path));
  }
  return graph;
}

/** Everything in a source tree that breaks a rule of the house, one line each, with its place. */
export function floorBreaches(files: readonly SourceFile[]): readonly string[] {
  const strangers = new Set(files.map((file) => roomOf(file.path)).filter((room) => !FLOORS.flat().includes(room)));
  return [
    ...[...strangers].map((room) => `src/${room}/ stands on no floor: give it one in scripts/floors.ts`),
    ...files.flatMap((file) =>
      file.imports.flatMap(({ path, line }) => {
        const breach = importBreach(file.path, path);
        return breach === null ? [] : [`src/${file.path}:${line} ${breach} (${path})`];
      }),
    ),
    ...circlesOf(importGraph(files, roomOf)).map((circle) => `circle of rooms: ${circle.join(' → ')}`),
    ...circlesOf(importGraph(files, (path) => path)).map((circle) => `circle of files: ${circle.join(' → ')}`),
    ...files
      .filter((file) => !MAY_TAKE_TIME.test(file.path))
      .flatMap((file) =>
        file.clockUses.map((use) => `src/${file.path}:${use.line} takes ${use.what}: have it handed in`),
      ),
    ...files
      .filter((file) => !MAY_READ_ENVIRONMENT.test(file.path))
      .flatMap((file) =>
        file.environmentUses.map((use) => `src/${file.path}:${use.line} reads ${use.what}: only config/ does`),
      ),
  ];
}
