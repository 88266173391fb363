/** A real Chromium, and the desk that it opens. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim())
  .find((path) => path !== '');

/** Whether there is a browser here. */
export const hasBrowser = PROGRAM !== undefined;

/** Put behind the name of a suite that can't run here. */
export const withoutBrowser = hasBrowser ? '' : ' (skipped: Chromium is not installed)';

/** Opens one, without a window. `options`: of its command line, beside those that a container needs. */
export const openBrowser = (options: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: PROGRAM ?? 'chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...options],
  });

/** Builds the desk where it is older than its source, and nothing where no browser would look at it. */
export function buildDesk(): void {
  if (!hasBrowser) return;
  const newest = (folder: string): number =>
    Math.max(
      ...readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs),
    );
  const page = statSync(join(ROOT, 'desk/dist/index.html'), { throwIfNoEntry: false });
  if (page !== undefined && page.mtimeMs > newest(join(ROOT, 'desk/src'))) return;
  const build = spawnSync(process.execPath, ['scripts/build-desk.ts'], { cwd: ROOT, encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`the desk is not built: ${build.stderr}`);
}

/** What a page complains of: exceptions, refused scripts and styles, requests to another host. */
export function complaintsOf(page: Page, host: string): readonly string[] {
  const complaints: string[] = [];
  /** A page of the authority complains of other things. */
  const isDesk = () => new URL(page.url()).host === host;
  const complain = (text: string) => void (isDesk() && complaints.push(text));
  page.on('pageerror', (error) => complain(error.message));
  page.on('console', (message) => {
    // A connection that is lost on purpose is told by the browser, too, and so is a header that needs https.
    const isExpected = /ERR_|WebSocket|Cross-Origin-Opener-Policy header has been ignored/.test(message.text());
    if (message.type() === 'error' && !isExpected) complain(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).host !== host) complain(`a request to ${request.url()}`);
  });
  return complaints;
}
