/** A server with its desk, and browsers that look at it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { freePorts } from '../../bench/chaos/servers.ts';
import { complaintsOf, openBrowser } from './browser.ts';
import { startInstance, type Instance } from './instance.ts';

/** A browser is slow where others use the machine, too: nothing waits for this long on a free one. */
export const PATIENCE_MS = 90_000;

type ContextOptions = NonNullable<Parameters<Browser['newContext']>[0]>;

export interface DeskPlace {
  /** The server as it runs now. */
  readonly server: () => Instance;
  readonly kill: () => Promise<void>;
  /** Starts it again, over the same ledger and at the same address. */
  readonly start: () => Promise<void>;
  /** Opens an address of the desk in a browser of its own, which is closed with the test. */
  readonly open: (path: string, options?: ContextOptions) => Promise<{ page: Page; complaints: readonly string[] }>;
  /** Asks the API beside the desk, and gives the data. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into answers of any shape
  readonly ask: (query: string, variables?: object) => Promise<any>;
  readonly close: () => Promise<void>;
}

/** `name`: by which browsers reach it; left out, the address of loopback. */
export async function startDesk(
  of: { readonly variables?: Readonly<Record<string, string>>; readonly name?: string } = {},
): Promise<DeskPlace> {
  const opened = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-desk-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const { name = '127.0.0.1', variables: given = {} } = of;
  const [free = 0] = await freePorts(1);
  const port = given['PORT'] ?? String(free);
  const url = `http://${name}:${port}`;
  const variables = {
    PORT: port,
    DATA_DIR: folder,
    SANDBOX: 'yes',
    ...(of.name === undefined ? {} : { PUBLIC_URL: url }),
    ...given,
  };
  let server = await startInstance(variables);
  opened.defer(async () => void (await server.stop()));
  const browser = await openBrowser(of.name === undefined ? [] : [`--host-resolver-rules=MAP ${name} 127.0.0.1`]);
  opened.defer(() => browser.close());
  return {
    server: () => server,
    kill: () => server.kill(),
    start: async () => {
      server = await startInstance(variables);
    },
    open: async (path, options = {}) => {
      const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Asia/Shanghai', ...options });
      onTestFinished(() => context.close());
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      const complaints = complaintsOf(page, new URL(url).host);
      await page.goto(`${url}/desk${path}`);
      return { page, complaints };
    },
    ask: async (query, given = {}) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: given }),
      });
      // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into answers of any shape
      const answer: any = await response.json();
      return answer.data;
    },
    close: () => opened.disposeAsync(),
  };
}
