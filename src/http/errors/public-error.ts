/**
 * Errors as they leave the server: each has a code, none repeats a long input, none has Yoga's internal
 * marks.
 */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { placesOf } from './places.ts';

/** Longest piece of an input that an error repeats, in characters. */
const LONGEST_ECHO = 60;
/**
 * Longest message. Only a message that repeats an object with many members is longer. Its begin and end say
 * enough.
 */
const LONGEST_MESSAGE = 600;

/** Whether an error says what kind it is. */
export const hasCode = ({ extensions }: GraphQLError): boolean => extensions['code'] !== undefined;

/** The same error with a code, unless it has one, and with its echoes of the input cut short. */
export function withCode(
  error: GraphQLError,
  code: string,
  more: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  const message = cutEchoes(error.message);
  if (hasCode(error) && message === error.message) return error;
  return new GraphQLError(message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    originalError: error.originalError,
    extensions: { code, ...more, ...error.extensions },
  });
}

/**
 * The error as it is sent, without Yoga's notes. One of them is the message of the JSON parser, which repeats
 * the whole body.
 */
export function formatted(error: GraphQLError): GraphQLFormattedError {
  const { http: _http, unexpected: _unexpected, originalError: _echo, ...extensions } = error.extensions;
  const { message, path } = error;
  const locations = error.locations ?? placesOf(error.nodes);
  return { message, ...(locations && { locations }), ...(path && { path }), extensions };
}

/** Cuts quotations, and words without blanks, that are longer than anything that graphql itself writes. */
function cutEchoes(message: string): string {
  // The closing quote may be missing: else the search for it would begin again at every quote of a long text.
  const text = message.replaceAll(/"(?:[^"\\]|\\.)*"?|[^\s"]+/gs, (part) => {
    const isQuoted = part.startsWith('"');
    const inner = isQuoted ? part.slice(1).replace(/"$/, '') : part;
    if (inner.length <= LONGEST_ECHO) return part;
    const cut = `${inner.slice(0, LONGEST_ECHO).replace(/\\$/, '')}…`;
    return isQuoted ? `"${cut}"` : cut;
  });
  if (text.length <= LONGEST_MESSAGE) return text;
  return `${text.slice(0, LONGEST_MESSAGE / 2)} … ${text.slice(-LONGEST_MESSAGE / 2)}`;
}
