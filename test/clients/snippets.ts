/** The code that docs/frontend.md and docs/live.md show, taken from them and run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const FENCE = /```js\n\/\/ (\S+\.js)\n(.*?)```/gsu;
const TAG = /graphql`\s*\w+ (\w+).*?`/gsu;

/**
 * Writes every piece that begins with the name of its file into a new folder, as a frontend would have it.
 * Relay's compiler runs there. `more` are pieces of a test's own. `load` imports a piece.
 */
export function writeSnippets(more: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-frontend-'));
  const source = join(folder, 'src');
  const artifacts = join(source, '__generated__');
  mkdirSync(artifacts, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const name of ['possible-types.json', 'graphcache-keys.json', 'graphcache-schema.json'])
    writeFileSync(join(source, name), readFileSync(join(root, 'schema/generated', name)));
  const printed = ['docs/frontend.md', 'docs/live.md'].flatMap((page) =>
    Array.from(readFileSync(join(root, page), 'utf8').matchAll(FENCE), ([, name = '', code = '']) => ({ name, code })),
  );
  const pieces = [...printed, ...Object.entries(more).map(([name, code]) => ({ name, code }))];
  for (const { name, code } of pieces) writeFileSync(join(source, name), code);
  compile(folder);
  for (const { name, code } of pieces) writeFileSync(join(source, name), withArtifacts(code));
  return {
    load: (name: string) => import(/* @vite-ignore */ pathToFileURL(join(source, name)).href),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function compile(folder: string): void {
  const config = {
    src: './src',
    schema: join(root, 'schema/schema.graphql'),
    language: 'javascript',
    artifactDirectory: './src/__generated__',
    eagerEsModules: true,
  };
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
  const compiler = fileURLToPath(import.meta.resolve('relay-compiler/cli.js'));
  const run = spawnSync(process.execPath, [compiler, 'relay.config.json'], { cwd: folder, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`relay-compiler: ${run.stdout}${run.stderr}`);
}

/** What Relay's Babel plugin does: each tagged document becomes the artifact of its name. */
function withArtifacts(code: string): string {
  const names = Array.from(code.matchAll(TAG), ([, name = '']) => name);
  const imports = names.map((name) => `import ${name} from './__generated__/${name}.graphql.js';\n`);
  return imports.join('') + code.replaceAll(TAG, '$1');
}
