/** Sign-in at an authority: authorization code with PKCE, in this tab. */
import { UserManager, WebStorageStateStore, type User } from 'oidc-client-ts';
import { keepToken, replaceToken } from '../api/token.ts';
import type { Authority } from '../api/settings.ts';

/** Where the authority sends people back to. */
const RETURN = '/desk/signed-in';

function managerOf({ authority, clientId, scopes, resource }: Authority): UserManager {
  const settings = {
    authority,
    client_id: clientId,
    scope: scopes,
    redirect_uri: `${location.origin}${RETURN}`,
    post_logout_redirect_uri: `${location.origin}/desk`,
    automaticSilentRenew: true,
    // Kept in this tab alone, and gone with it.
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
  };
  return new UserManager(resource === null ? settings : { ...settings, resource });
}

/** The view that was asked for before the sign-in; only an address of the desk counts. */
const viewIn = ({ state }: User): string =>
  typeof state === 'string' && /^\/desk(\/|\?|$)/.test(state) ? state : '/desk';

/**
 * The session of this tab; null where somebody must sign in first. Comes back from the authority, too: then the
 * address is that of the view that was asked for.
 */
export async function openSession(authority: Authority, ended: () => void) {
  const manager = managerOf(authority);
  let user: User | null = null;
  if (location.pathname === RETURN) {
    user = await manager.signinCallback().then((signedIn) => signedIn ?? null);
    history.replaceState(null, '', user === null ? '/desk' : viewIn(user));
    dispatchEvent(new PopStateEvent('popstate'));
  } else {
    user = await manager.getUser();
    if (user?.expired === true) user = await manager.signinSilent().catch(() => null);
  }
  const renew = async () => (await manager.signinSilent())?.access_token ?? null;
  manager.events.addUserLoaded(({ access_token: token }) => replaceToken(token));
  if (user !== null) keepToken(user.access_token, renew, ended);
  return {
    session: user === null ? null : { signOut: () => leave(manager) },
    signIn: () => manager.signinRedirect({ state: `${location.pathname}${location.search}` }),
  };
}

/** Leaves the authority, too; where it has no page for that, this tab alone. */
async function leave(manager: UserManager): Promise<void> {
  try {
    await manager.signoutRedirect();
  } catch {
    await manager.removeUser();
    location.assign('/desk');
  }
}
