/** `server`: which version answers, and whether it moves money. */
import { builder } from '../builder.ts';
import type { Services } from '../services.ts';

const ServerType = builder.objectRef<Services['server']>('Server').implement({
  description: 'The server that answers.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'Its version, e.g. 0.1.0.' }),
    simulated: t.exposeBoolean('simulated', { description: 'True on the sandbox: no money moves.' }),
  }),
});

builder.queryField('server', (t) =>
  t.field({
    type: ServerType,
    description: 'Which server answers.',
    resolve: (_root, _args, { services }) => services.server,
  }),
);
