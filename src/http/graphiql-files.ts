/**
 * GraphiQL as a small page and its files. The files are packed once, shared by all who read them, and kept by
 * browsers: they are some megabytes.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { GraphiQLOptions } from 'graphql-yoga';
import { takesGzip } from './compress.ts';

const pack = promisify(gzip);

/** Where the files are, next to the page. */
const FOLDER = '/graphql/graphiql/';

type Files = ReadonlyMap<string, { readonly type: string; readonly bytes: Buffer; readonly packed: Buffer }>;

/** Read when they are first asked for: most servers never show the page. */
function createFiles(): () => Promise<Files> {
  let reading: Promise<Files> | null = null;
  return () => (reading ??= readFiles());
}

async function readFiles(): Promise<Files> {
  const graphiql = await import('@graphql-yoga/render-graphiql/graphiql');
  const texts = [
    ['graphiql.css', 'text/css', graphiql.css],
    ['graphiql.js', 'text/javascript', graphiql.js],
    ['editor.worker.js', 'text/javascript', graphiql.editorWorkerService],
    ['json.worker.js', 'text/javascript', graphiql.jsonWorker],
    ['graphql.worker.js', 'text/javascript', graphiql.graphqlWorker],
  ] as const;
  const files = texts.map(async ([name, type, text]) => {
    const bytes = Buffer.from(text);
    return [name, { type: `${type}; charset=utf-8`, bytes, packed: await pack(bytes) }] as const;
  });
  return new Map(await Promise.all(files));
}

/** Makes the page, and the route of its files. */
export function createGraphiql() {
  const filesOf = createFiles();
  let version: Promise<string> | null = null;
  /** Part of each address, so that browsers may keep the files for good. */
  const versionOf = (): Promise<string> =>
    (version ??= filesOf().then((files) => {
      const hash = createHash('sha256');
      for (const { bytes } of files.values()) hash.update(bytes);
      return hash.digest('base64url').slice(0, 12);
    }));

  return {
    page: async (options?: GraphiQLOptions): Promise<string> => pageOf(await versionOf(), options),
    /** Answers `/graphql/graphiql/VERSION/NAME`. */
    serve: async ({ url = '', method, headers }: IncomingMessage, response: ServerResponse): Promise<void> => {
      const [version = '', name = ''] = url.startsWith(FOLDER) ? url.slice(FOLDER.length).split('/') : [];
      const isRead = method === 'GET' || method === 'HEAD';
      const file = isRead && version !== '' ? (await filesOf()).get(name) : undefined;
      if (file === undefined || version !== (await versionOf())) {
        response
          .writeHead(404, { 'content-type': 'application/json' })
          .end('{"error":"there is nothing at this path"}');
        return;
      }
      const isPacked = takesGzip(headers['accept-encoding'] ?? '');
      const bytes = isPacked ? file.packed : file.bytes;
      response.writeHead(200, {
        'content-type': file.type,
        'content-length': bytes.length,
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        vary: 'accept-encoding',
        ...(isPacked && { 'content-encoding': 'gzip' }),
      });
      response.end(method === 'HEAD' ? undefined : bytes);
    },
  };
}

/** As text inside a script: no `<` ends it. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const pageOf = (version: string, options: GraphiQLOptions | undefined): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${options?.title ?? 'GraphiQL'}</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href=".${FOLDER}${version}/graphiql.css" />
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>You need to enable JavaScript to run this app.</noscript>
    <div id="root"></div>
    <script>
      const workers = { editorWorkerService: 'editor', json: 'json', graphql: 'graphql' };
      self.MonacoEnvironment = {
        globalAPI: false,
        getWorkerUrl: (_, label) => new URL('.${FOLDER}${version}/' + workers[label] + '.worker.js', location.href).href,
      };
    </script>
    <script src=".${FOLDER}${version}/graphiql.js"></script>
    <script>
      YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), ${inScript(options ?? {})});
    </script>
  </body>
</html>
`;
