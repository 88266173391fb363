// Refuses a Node that can't run TypeScript, with one sentence instead of a page of syntax errors.
// Plain CommonJS on purpose: it is the one file that a Node of any age must be able to read.
const [major, minor] = process.versions.node.split('.').map(Number);

// 22.18 strips types, 22.19 does so with everything else that we use; 23.0 to 23.5 do not, so the feature is asked too.
if (major < 22 || (major === 22 && minor < 19) || !process.features.typescript) {
  console.error(
    'refund-graph needs Node 22.19 or newer that runs TypeScript, and this is Node ' +
      process.versions.node +
      ': run "npm ci" without --omit=optional (on Linux it brings Node 24 along), or install Node 24.',
  );
  process.exit(1);
}
