import { use } from 'react';
import { useAllWords } from '../words/words.ts';
import { SignOutBy } from './session.ts';

/** Shown to whoever is signed in. */
export function SignOut() {
  const words = useAllWords();
  const signOut = use(SignOutBy);
  if (signOut === null) return null;
  return (
    <button type="button" className="button" onClick={signOut}>
      {words.settings.signOut}
    </button>
  );
}
