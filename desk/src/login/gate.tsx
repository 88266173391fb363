/** Lets in whoever may: everybody where the server asks for no token. */
import { Suspense, use, type ReactNode } from 'react';
import { readSettings, type Settings } from '../api/settings.ts';
import { Boundary, useTry } from '../app/boundary.tsx';
import { later } from '../app/later.ts';

const Login = later(() => import('./login.tsx').then((file) => file.Login));

const asked = new Map<number, Promise<Settings>>();

/** Asked once a try. */
function settingsOf(round: number): Promise<Settings> {
  const known = asked.get(round) ?? readSettings();
  asked.set(round, known);
  return known;
}

export function Gate({ children }: { readonly children: ReactNode }) {
  return (
    <Boundary>
      <Suspense fallback={<div className="frame" aria-busy="true" />}>
        <Inside>{children}</Inside>
      </Suspense>
    </Boundary>
  );
}

function Inside({ children }: { readonly children: ReactNode }) {
  const { auth, login } = use(settingsOf(useTry()));
  return auth === 'none' ? children : <Login authority={login}>{children}</Login>;
}
