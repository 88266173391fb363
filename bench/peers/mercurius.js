/** Mercurius on Fastify, with its JIT on, as its documentation recommends for production. */
import fastify from 'fastify';
import mercurius from 'mercurius';
import { readPage, ready, typeDefs } from './refunds.js';

const app = fastify();
await app.register(mercurius, {
  schema: typeDefs,
  resolvers: { Query: { refunds: (_, { path }) => readPage(path) } },
  jit: 1,
});
await app.listen({ host: '127.0.0.1', port: 0 });
ready(app.server.address().port);
