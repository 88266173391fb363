/** The table of the house: each column with what is measured, its goal, and whether the goal is met. */
import { posix } from 'node:path';
import { chainsByName, chainsThroughInterfaces, type Chains } from './calls.ts';
import { contractsOf } from './makers.ts';
import { rateOf, spreadOf } from './numbers.ts';
import { countCommentLines, WIDEST, wideComments, wideProse } from './prose.ts';
import { shapeOf, type Shape } from './shape.ts';
import { openSource, readTexts, type ParsedFile, type TextFile } from './tree.ts';

/** What is measured in one column, and where to look when it misses its goal. */
export interface Figure {
  readonly shown: string;
  /** Null where there is no goal. */
  readonly met: boolean | null;
  readonly places: readonly string[];
}

/** A row of the printed table. */
export interface Column {
  readonly key: string;
  readonly what: string;
  readonly goal: string;
  readonly figure: Figure;
}

const figure = (shown: string, met: boolean | null = null, places: readonly string[] = []): Figure => ({
  shown,
  met,
  places,
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const spread = (values: readonly number[]): string => {
  const { median, p90, max } = spreadOf(values);
  return `${median} / ${p90} / ${max}`;
};

/** The files of the list: as they lie, and as they will once paging and reading have folders of their own. */
const LIST_FILES = [
  /^paging\/.*\.ts$/,
  /^services\/(reading\/)?(list|list-.*|source|.*-source|.*-pages|fallback|unlisted)\.ts$/,
  /^services\/reading\/list\/.*\.ts$/,
  /^refunds\/(stretch|page-cover|place|merge|cursor|paging)\.ts$/,
];

const ofSandbox = ({ path }: TextFile): boolean => path.startsWith('sandbox/');

/** A step that was released is never changed, so this folder only grows. Nobody looks for a concept in it. */
const isMigration = ({ path }: TextFile): boolean => path.startsWith('ledger/database/migrations/');

/** The files that lie directly in each folder of `src/`, the fullest folder first. */
function foldersOf(files: readonly TextFile[]): readonly (readonly [folder: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { path } of files.filter((file) => !isMigration(file))) {
    const folder = posix.join('src', posix.dirname(path));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

/** The names that more than one file declares a type under, the most frequent first: `Parts ×8`. */
function homonymsOf(shapes: readonly Shape[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { types } of shapes) for (const name of new Set(types)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([name, count]) => count > 1 && name !== '(class)')
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ×${count}`);
}

function shapeColumns(files: readonly ParsedFile[]): readonly Column[] {
  const shapes = files.map(shapeOf);
  const lines = sum(shapes.map((shape) => shape.lines));
  const functions = shapes.flatMap((shape) => shape.functions);
  const long = rateOf(functions.filter(({ parameters }) => parameters >= 4).length, functions.length, 100);
  const types = sum(shapes.map((shape) => shape.types.length));
  const anys = sum(shapes.map((shape) => shape.anys));
  const homonyms = homonymsOf(shapes);
  const perThousand = (part: number): string => rateOf(part, lines, 1000).toFixed(1);
  const median = spreadOf(shapes.map((shape) => shape.lines)).median;
  const widths = spread(functions.map(({ parameters }) => parameters));
  const casts = sum(shapes.map((shape) => shape.casts));
  const nonNulls = sum(shapes.map((shape) => shape.nonNulls));
  return [
    {
      key: 'file',
      what: 'file lines: median / p90 / max',
      goal: 'median ≤ 80',
      figure: figure(spread(shapes.map((shape) => shape.lines)), median <= 80),
    },
    {
      key: 'any',
      what: '`any` per 1000 lines',
      goal: '0',
      figure: figure(perThousand(anys), anys === 0),
    },
    {
      key: 'casts',
      what: 'casts (not const) / `!` per 1000 lines',
      goal: '',
      figure: figure(`${perThousand(casts)} / ${perThousand(nonNulls)}`),
    },
    {
      key: 'functions',
      what: 'named function lines: median / p90 / max',
      goal: '',
      figure: figure(spread(functions.map((named) => named.lines))),
    },
    { key: 'parameters', what: 'parameters: median / p90 / max', goal: '', figure: figure(widths) },
    {
      key: 'long-lists',
      what: 'functions with 4 or more parameters',
      goal: '≤ 3 %',
      figure: figure(`${long.toFixed(1)} %`, long <= 3),
    },
    {
      key: 'exports',
      what: 'exported names per file: median / p90 / max',
      goal: '',
      figure: figure(spread(shapes.map((shape) => shape.exportedNames))),
    },
    {
      key: 'types',
      what: 'declared types per 1000 lines',
      goal: '≤ 15',
      figure: figure(`${perThousand(types)} (${types})`, rateOf(types, lines, 1000) <= 15),
    },
    {
      key: 'homonyms',
      what: 'type names in more than one file',
      goal: '',
      figure: figure(`${homonyms.length}`, null, homonyms),
    },
  ];
}

const chainColumn = (key: string, what: string, most: number, { lengths, longest }: Chains): Column => ({
  key,
  what,
  goal: `≤ ${most}`,
  figure: figure(spread(lengths), longest.length <= most, [longest.join(' → ')]),
});

/** The columns that need the type checker: some three seconds. */
function sourceColumns(root: string): readonly Column[] {
  const { files: all, checker, close } = openSource(root);
  try {
    const files = all.filter((file) => !ofSandbox(file));
    const contracts = contractsOf(files, checker);
    const made = contracts.filter(({ makers }) => makers.size === 1);
    return [
      ...shapeColumns(files),
      {
        key: 'makers',
        what: 'interfaces with functions, of these one maker',
        goal: '≤ 10',
        figure: figure(
          `${contracts.length}, ${made.length}`,
          made.length <= 10,
          made.map(({ name, place, makers }) => `${place} ${name}, made at ${[...makers].join()}`),
        ),
      },
      chainColumn('chain', 'call chain by name: median / p90 / max', 12, chainsByName(files, checker)),
      chainColumn('chain-interfaces', 'the same through interfaces', 14, chainsThroughInterfaces(files, checker)),
    ];
  } finally {
    close();
  }
}

/** The columns that the texts alone decide. */
function textColumns(root: string): readonly Column[] {
  const code = readTexts(root, '{src,test,bench,scripts}/**/*.ts');
  const source = readTexts(root, 'src/**/*.ts').map(({ path, text }) => ({ path: path.slice('src/'.length), text }));
  const own = source.filter((file) => !ofSandbox(file));
  const docs = readTexts(root, '{README,CHANGELOG}.md', 'docs/**/*.md');
  const wide = code.flatMap(wideComments);
  const wideOwn = wide.filter((place) => /^src\/(?!sandbox\/)/.test(place));
  const prose = docs.flatMap(wideProse);
  // Steps of the database are added for ever, and never read together.
  const folders = foldersOf(source.filter(({ path }) => !/\/migrations\/\d{4}-/.test(path)));
  const size = (files: readonly TextFile[]): number => sum(files.map(({ text }) => text.split('\n').length - 1));
  const list = own.filter(({ path }) => LIST_FILES.some((one) => one.test(path)));
  const comments = rateOf(sum(own.map(countCommentLines)), size(own), 100);
  return [
    {
      key: 'size',
      what: 'files / lines of src, without the sandbox',
      goal: '',
      figure: figure(`${own.length} / ${size(own)}`),
    },
    { key: 'size-all', what: 'the same with it', goal: '', figure: figure(`${source.length} / ${size(source)}`) },
    { key: 'comments', what: 'comment lines', goal: '', figure: figure(`${comments.toFixed(1)} %`) },
    {
      key: 'folders',
      what: 'files in the fullest folders of src',
      goal: '≤ 14',
      figure: figure(
        folders
          .slice(0, 6)
          .map(([, count]) => count)
          .join(', '),
        (folders[0]?.[1] ?? 0) <= 14,
        folders.filter(([, count]) => count > 14).map(([folder, count]) => `${folder}: ${count} files`),
      ),
    },
    {
      key: 'wide-comments',
      what: `comment lines over ${WIDEST} columns: src, with sandbox, test, bench, scripts`,
      goal: '0',
      figure: figure(`${wideOwn.length}, ${wide.length}`, wide.length === 0, wide),
    },
    {
      key: 'wide-prose',
      what: `lines of prose over ${WIDEST} columns`,
      goal: '0',
      figure: figure(`${prose.length}`, prose.length === 0, prose),
    },
    {
      key: 'list',
      what: 'the list: lines (files)',
      goal: '≤ 1250',
      figure: figure(
        `${size(list)} (${list.length})`,
        size(list) <= 1250,
        list.map(({ path }) => `src/${path}`),
      ),
    },
  ];
}

/**
 * Every column of a repository, the ones named only when there are names. The type checker starts when it
 * must.
 */
export function columnsOf(root: string, keys: readonly string[] | null = null): readonly Column[] {
  const wanted = (column: Column): boolean => keys === null || keys.includes(column.key);
  const texts = textColumns(root).filter(wanted);
  return keys !== null && texts.length === keys.length ? texts : [...texts, ...sourceColumns(root).filter(wanted)];
}
