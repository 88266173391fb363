/**
 * `npm run check`: every check, two at a time, one line each. The output of a failed one is below its line.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tool = (name: string): string => join('node_modules', '.bin', name);

/** What is checked, and the command that does it. The slowest first: there are two processors. */
const CHECKS: readonly (readonly [name: string, command: string, ...options: string[]])[] = [
  ['client documents up to date', tool('graphql-codegen'), '--config', 'codegen.ts', '--check', '--errors-only'],
  ['schema up to date, contract kept', process.execPath, 'scripts/print-schema.ts', '--check'],
  ['manifest of our documents up to date', process.execPath, 'scripts/print-manifest.ts', '--check'],
  ['lint', tool('oxlint'), '--type-aware', '--deny-warnings', '--format=unix'],
  ['types', tool('tsc'), '--noEmit', '-p', '.'],
  ['types of the desk', tool('tsc'), '--noEmit', '-p', 'desk'],
  ['documents of the desk up to date', tool('relay-compiler'), '--validate'],
  ['unused code', tool('knip'), '--no-progress', '--no-config-hints'],
  ['format', tool('oxfmt'), '--check'],
  ['floors', process.execPath, 'scripts/check-floors.ts'],
  ['figures of the house', process.execPath, 'scripts/house.ts', '--held'],
];
/** A check that takes longer than this hangs. */
const TIMEOUT_MS = 120_000;

interface Result {
  readonly passed: boolean;
  readonly output: string;
}

function run(command: string, options: readonly string[]): Promise<Result> {
  const child = spawn(command, options, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
  const output: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => output.push(part));
  child.stderr.on('data', (part: Buffer) => output.push(part));
  return new Promise((resolve) => {
    child.on('error', (problem) => resolve({ passed: false, output: problem.message }));
    child.on('close', (code, signal) => {
      if (signal !== null) output.push(Buffer.from(`ended by ${signal} (a check has ${TIMEOUT_MS / 1000} s)`));
      resolve({ passed: code === 0, output: Buffer.concat(output).toString() });
    });
  });
}

const queue = [...CHECKS];
const failed: string[] = [];

async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [name, command, ...options] = next;
    const startedAt = performance.now();
    const { passed, output } = await run(command, options);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${passed ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
    if (passed) continue;
    failed.push(name);
    console.log(output.trimEnd().replaceAll(/^/gm, '        '));
  }
}

await Promise.all([work(), work()]);
if (failed.length > 0) {
  console.log(`${failed.length} of ${CHECKS.length} checks failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
