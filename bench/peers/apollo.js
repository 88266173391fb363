/** Apollo Server, standalone, with its defaults. */
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { readPage, ready, typeDefs } from './refunds.js';

const resolvers = { Query: { refunds: (_, { path }) => readPage(path) } };
const server = new ApolloServer({ typeDefs, resolvers });
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
ready(new URL(url).port);
