/** What the server tells the desk before it asks anything: `/desk/config.json`. */
import { isFields } from './answer.ts';
import { ApiFailure } from './failure.ts';

/** Where people log in; null: a token is pasted. */
export interface Authority {
  readonly authority: string;
  readonly clientId: string;
  readonly scopes: string;
  readonly resource: string | null;
}

export interface Settings {
  readonly auth: 'none' | 'jwt';
  readonly login: Authority | null;
}

const isText = (value: unknown): value is string => typeof value === 'string';

function readAuthority(value: unknown): Authority | null {
  if (!isFields(value)) return null;
  const { authority, clientId, scopes, resource } = value;
  if (!isText(authority) || !isText(clientId) || !isText(scopes)) return null;
  return { authority, clientId, scopes, resource: isText(resource) ? resource : null };
}

/** Asks for the settings; rejects with an `ApiFailure`. */
export async function readSettings(): Promise<Settings> {
  const response = await fetch('/desk/config.json').catch(() => null);
  if (response?.ok !== true) throw new ApiFailure('OFFLINE', 'The server can not be reached.');
  const value: unknown = await response.json();
  if (!isFields(value)) throw new ApiFailure('DESK', 'The server told no settings.');
  return { auth: value['auth'] === 'jwt' ? 'jwt' : 'none', login: readAuthority(value['login']) };
}
