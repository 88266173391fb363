/** The typed client: every document in schema/documents/ becomes a TypedDocumentNode in schema/generated/. */
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['schema/documents/*.graphql'],
  generates: {
    'schema/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
      config: {
        importExtension: '.ts',
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        // All text on the wire, and kept as text: no amount becomes a float on its way to a screen.
        scalars: {
          ID: 'string',
          DateTime: 'string',
          Decimal: 'string',
          CurrencyCode: 'string',
          BigInt: 'string',
          JSON: 'unknown',
          EventCursor: 'string',
        },
      },
    },
  },
};

export default config;
