/** Relay's compiler, run over a frontend's documents against the schema that the server tells of itself. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql';
import type { ConcreteRequest, ReaderFragment } from 'relay-runtime';

/**
 * As a frontend would write them. Relay's compiler needs the server's `node` to fetch a row again by its id.
 */
const DOCUMENTS = `
import { graphql } from 'relay-runtime';
graphql\`
  query RefundListQuery($count: Int!) { ...RefundList_query @arguments(count: $count) }\`;
graphql\`
  fragment RefundList_query on Query
  @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" })
  @refetchable(queryName: "RefundListPaginationQuery") {
    refunds(first: $count, after: $cursor) @connection(key: "RefundList_refunds") {
      edges { node { id merchantRefundId ...RefundList_refund } }
    }
  }\`;
graphql\`
  fragment RefundList_refund on Refund @refetchable(queryName: "RefundListRefundQuery") {
    status amount { amount currency } details { __typename ... on BluePayRefundDetails { failedCode } }
  }\`;
`;

/** What the compiler made of them. */
export interface Compiled {
  readonly query: ConcreteRequest;
  readonly fragment: ReaderFragment;
}

/** Runs the compiler in a new folder. Throws its message if it refuses the schema or the documents. */
export async function compileForRelay(url: string): Promise<Compiled> {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-relay-'));
  try {
    const generated = join(folder, 'src', 'generated');
    mkdirSync(generated, { recursive: true });
    writeFileSync(join(folder, 'schema.graphql'), await schemaOf(url));
    writeFileSync(join(folder, 'src', 'RefundList.js'), DOCUMENTS);
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
    writeFileSync(
      join(folder, 'relay.config.json'),
      JSON.stringify({
        src: './src',
        schema: './schema.graphql',
        language: 'javascript',
        artifactDirectory: './src/generated',
        eagerEsModules: false,
      }),
    );
    const compiler = fileURLToPath(import.meta.resolve('relay-compiler/cli.js'));
    const run = spawnSync(process.execPath, [compiler, 'relay.config.json'], { cwd: folder, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`relay-compiler: ${run.stdout}${run.stderr}`);
    const load = createRequire(import.meta.url);
    const artifact = (name: string) => load(join(generated, `${name}.graphql.js`));
    return { query: artifact('RefundListQuery'), fragment: artifact('RefundList_query') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function schemaOf(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  const { data } = await response.json();
  return printSchema(buildClientSchema(data));
}
