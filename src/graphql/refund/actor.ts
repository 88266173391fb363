/** Actor: who asked for something. */
import type { Actor } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';

export const ActorType = builder.objectRef<Actor>('Actor').implement({
  description: 'The subject and the client of a token: staff, not payers.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: '"anonymous" where the server asks for no token.' }),
    client: t.exposeString('client', {
      nullable: true,
      description: 'The client that the token was given to, where it names one.',
    }),
  }),
});
