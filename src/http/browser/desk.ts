/** The refund desk: the files that `desk/` was built into, read once, and the settings that they ask for. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { takesGzip } from '../compress.ts';
import type { RouteHandler } from '../server.ts';

/** Where people log in, for a desk whose server asks for tokens. */
export interface DeskLogin {
  readonly authority: string;
  readonly clientId: string;
  readonly scopes: string;
  /** The API that the token is for (RFC 8707); null: the authority needs none. */
  readonly resource: string | null;
}

interface DeskFile {
  readonly type: string;
  readonly plain: Buffer;
  /** Packed by the build. */
  readonly packed: Buffer | null;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The one inline style: react-aria says with it that its buttons are touched without delay. */
const TOUCH_STYLE = 'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=';

const NOT_BUILT =
  'The desk is not built. "npm ci" builds it (unless --ignore-scripts or --omit=dev is given), and so does ' +
  '"npm run desk"; then start the server again.\n';

/** Reads what was built. Without a build the desk says so in a sentence. */
export async function openDesk(
  folder: string,
  settings: { readonly auth: 'none' | 'jwt'; readonly login: DeskLogin | null },
): Promise<RouteHandler> {
  const files = await readBuild(folder);
  const page = files.get('index.html');
  const rules = contentRules(settings.login);
  const config = JSON.stringify(settings);

  return (request, response) => {
    const [path = '/desk'] = (request.url ?? '/desk').split('?', 1);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'The desk is only read.\n');
    if (page === undefined) return refuse(response, 503, NOT_BUILT);
    if (path === '/desk/config.json') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(config);
      return;
    }
    const name = path.slice('/desk/'.length);
    const file = files.get(name);
    if (name.startsWith('assets/')) {
      if (file === undefined) return refuse(response, 404, 'There is no such file.\n');
      // Its name has a hash of what is in it.
      response.setHeader('cache-control', 'public, max-age=31536000, immutable');
      return send(request, response, file);
    }
    // Every other address is a view of the desk. The page itself is asked for each time.
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('content-security-policy', rules);
    if (settings.login !== null) response.setHeader('x-frame-options', 'SAMEORIGIN');
    return send(request, response, page);
  };
}

async function readBuild(folder: string): Promise<ReadonlyMap<string, DeskFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const read = paths.map(async (path) => {
    const type = TYPES[extname(path)];
    if (type === undefined) return [];
    const plain = await readFile(path);
    const packed = paths.includes(`${path}.gz`) ? await readFile(`${path}.gz`) : null;
    const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
    return [[relative(folder, path).split(sep).join('/'), { type, plain, packed, etag }] as const];
  });
  return new Map((await Promise.all(read)).flat());
}

function send(request: IncomingMessage, response: ServerResponse, { type, plain, packed, etag }: DeskFile): void {
  response.setHeader('etag', etag);
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
  const isPacked = packed !== null && takesGzip(request.headers['accept-encoding'] ?? '');
  const body = isPacked ? packed : plain;
  if (isPacked) response.setHeader('content-encoding', 'gzip');
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(sentence);
}

/** Nothing from another host, but what the sign-in asks of its authority. */
function contentRules(login: DeskLogin | null): string {
  const authority = login === null ? '' : ` ${new URL(login.authority).origin}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' '${TOUCH_STYLE}'`,
    "img-src 'self'",
    `connect-src 'self'${authority}`,
    ...(login === null ? [] : [`frame-src 'self'${authority}`]),
    "base-uri 'none'",
    "form-action 'none'",
    // The sign-in is renewed in a frame of this page.
    `frame-ancestors ${login === null ? "'none'" : "'self'"}`,
  ].join('; ');
}
