/** The way in where the server asks for a token: a sign-in at an authority, or a token that is pasted. */
import { useEffect, useState, type ReactNode } from 'react';
import { keepToken } from '../api/token.ts';
import type { Authority } from '../api/settings.ts';
import { useAllWords } from '../words/words.ts';
import { SignOutBy } from './session.ts';

const KEY = 'refund-desk-token';

export function Login(props: { readonly authority: Authority | null; readonly children: ReactNode }) {
  const { authority, children } = props;
  if (authority === null) return <PastedToken>{children}</PastedToken>;
  return <AtAuthority authority={authority}>{children}</AtAuthority>;
}

type State =
  | { readonly kind: 'looking' }
  | { readonly kind: 'out'; readonly why: 'new' | 'expired' | 'failed'; readonly signIn: () => void }
  | { readonly kind: 'in'; readonly signOut: () => void };

function AtAuthority({ authority, children }: { readonly authority: Authority; readonly children: ReactNode }) {
  const words = useAllWords();
  const [state, setState] = useState<State>({ kind: 'looking' });
  useEffect(() => {
    let gone = false;
    const show = (next: State) => (gone ? undefined : setState(next));
    const look = async () => {
      const { openSession } = await import('./authority.ts');
      const { session, signIn } = await openSession(authority, () =>
        show({ kind: 'out', why: 'expired', signIn: () => void signIn() }),
      );
      if (session === null) show({ kind: 'out', why: 'new', signIn: () => void signIn() });
      else show({ kind: 'in', signOut: () => void session.signOut() });
    };
    look().catch(() => show({ kind: 'out', why: 'failed', signIn: () => location.assign('/desk') }));
    return () => {
      gone = true;
    };
  }, [authority]);
  if (state.kind === 'looking') return <div className="frame" aria-busy="true" />;
  if (state.kind === 'in') return <SignOutBy value={state.signOut}>{children}</SignOutBy>;
  const { why, signIn } = state;
  return (
    <Card>
      <p>{why === 'new' ? words.login.lead : words.login[why]}</p>
      <button type="button" className="button button-main" onClick={signIn}>
        {words.login.button}
      </button>
    </Card>
  );
}

function PastedToken({ children }: { readonly children: ReactNode }) {
  const words = useAllWords();
  const [token, setToken] = useState(() => sessionStorage.getItem(KEY));
  const [isExpired, setExpired] = useState(false);
  const [typed, setTyped] = useState('');
  const leave = () => {
    sessionStorage.removeItem(KEY);
    setToken(null);
  };
  const [kept, setKept] = useState<string | null>(null);
  if (token !== null && kept !== token) {
    keepToken(
      token,
      () => Promise.resolve(null),
      () => {
        setExpired(true);
        leave();
      },
    );
    setKept(token);
  }
  if (token !== null) return <SignOutBy value={leave}>{children}</SignOutBy>;
  return (
    <Card>
      <p>{isExpired ? words.login.expired : words.login.tokenLead}</p>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const given = typed.trim().replace(/^Bearer\s+/i, '');
          if (given === '') return;
          sessionStorage.setItem(KEY, given);
          setTyped('');
          setToken(given);
        }}
      >
        <label>
          {words.login.token}
          <textarea
            required
            rows={4}
            value={typed}
            spellCheck={false}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <button type="submit" className="button button-main">
          {words.login.button}
        </button>
      </form>
    </Card>
  );
}

function Card({ children }: { readonly children: ReactNode }) {
  const words = useAllWords();
  return (
    <main className="card-page">
      <section className="card">
        <h1>{words.brand}</h1>
        {children}
      </section>
    </main>
  );
}
