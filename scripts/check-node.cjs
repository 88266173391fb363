// Refuses a Node that can't run TypeScript, with one sentence instead of a page of syntax errors.
// Plain CommonJS on purpose: it is the one file that a Node of any age must be able to read.
const [major] = process.versions.node.split('.').map(Number);

// 24 has AsyncDisposableStack and `await using`, and strips types unless it was built or started without that.
if (major < 24 || !process.features.typescript) {
  console.error(
    'refund-graph needs Node 24 or newer that runs TypeScript, and this is Node ' +
      process.versions.node +
      ': run "npm ci" without --omit=optional (on Linux it brings Node 24 along), or install Node 24.',
  );
  process.exit(1);
}
