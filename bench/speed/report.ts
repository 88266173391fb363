/** The figures of a run, as Markdown. */
import { cpus, totalmem } from 'node:os';
import type { Row } from './bench.ts';
import type { Spread } from './rounds.ts';

const figure = (value: number): string =>
  Number.isNaN(value) ? '–' : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

const spread = (values: Spread | null): string =>
  values === null || Number.isNaN(values.median)
    ? ''
    : `${figure(values.median)} (${figure(values.least)}–${figure(values.most)})`;

const HEAD = [
  'server',
  'CPU µs',
  '÷ bare',
  'PostgreSQL µs',
  '÷ bare',
  'answers/s',
  '÷ bare',
  'p50 ms',
  'p99 ms',
  'note',
] as const;

/** A table of one line: medians, with the least and the most of all rounds. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    spread(row.cpu),
    spread(row.ratio),
    spread(row.databaseCpu),
    spread(row.databaseRatio),
    figure(row.rate.median),
    figure(row.rateRatio.median),
    figure(row.p50.median),
    figure(row.p99.median),
    row.note ?? '',
  ]);
  const lines = [HEAD, HEAD.map(() => '---'), ...cells];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Date, machine and versions of a run. */
export function headOf(facts: { readonly at: Date; readonly postgres: string; readonly commit: string }): string {
  const [processor] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [
    '# What `npm run bench` measured',
    '',
    `${facts.at.toISOString().slice(0, 16)} UTC, commit ${facts.commit}, Node ${process.versions.node}, PostgreSQL ` +
      `${facts.postgres}, ${cpus().length} × ${processor?.model ?? 'unknown'}, ${memory}.`,
  ].join('\n');
}
