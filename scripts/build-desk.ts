/**
 * Builds the desk into `desk/dist` and packs its files. `npm ci` runs it. Without the tools of the workbench
 * (`--omit=dev`) it says that there is no desk, and the install goes on.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const desk = join(import.meta.dirname, '..', 'desk');
const pack = promisify(gzip);

// A shell that says otherwise would get React with all its warnings, and twice the size.
process.env['NODE_ENV'] = 'production';

async function toolOrNull() {
  try {
    return await import('vite');
  } catch {
    return null;
  }
}

const vite = await toolOrNull();
if (vite === null) {
  console.log('The desk is not built: its tools are not installed (--omit=dev).');
} else {
  await vite.build({ configFile: join(desk, 'vite.config.ts') });
  const files = await readdir(join(desk, 'dist'), { recursive: true, withFileTypes: true });
  const texts = files.filter((file) => file.isFile() && /\.(js|css|html|svg)$/.test(file.name));
  await Promise.all(
    texts.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      await writeFile(`${path}.gz`, await pack(await readFile(path), { level: 9 }));
    }),
  );
}
