/** GraphQL Yoga with its defaults. */
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { readPage, ready, typeDefs } from './refunds.js';

const resolvers = { Query: { refunds: (_, { path }) => readPage(path) } };
const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false });
const server = createServer(yoga);
server.listen(0, '127.0.0.1', () => ready(server.address().port));
