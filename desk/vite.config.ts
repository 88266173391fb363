/** Builds the desk into `dist/`, in which every name but that of the page has a hash. */
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const artifacts = join(root, 'src', 'generated');
const DOCUMENT = /graphql`\s*(?:query|mutation|subscription|fragment)\s+(\w+)[^`]*`/g;

/** Puts what Relay's compiler made in the place of each document. */
const relayDocuments: Plugin = {
  name: 'relay-documents',
  enforce: 'pre',
  transform: (code, id) => {
    if (!/\/desk\/src\/.*\.tsx?$/.test(id) || !code.includes('graphql`')) return null;
    const names = new Set(Array.from(code.matchAll(DOCUMENT), ([, name]) => name));
    const imports = Array.from(names, (name) => `import _${name} from '${artifacts}/${name}.graphql.ts';`);
    return { code: `${imports.join('')}${code.replaceAll(DOCUMENT, '_$1')}`, map: null };
  },
};

export default defineConfig({
  root,
  base: '/desk/',
  plugins: [relayDocuments],
  logLevel: 'warn',
  build: {
    target: 'es2023',
    outDir: join(root, 'dist'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    // Files that the first screen needs in any case are packed better as one, and come in one turn.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
});
