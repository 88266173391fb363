/** One box over everything: refunds, payments, accounts and screens, and what only a provider may know. */
import { Suspense, useEffect, useEffectEvent, useState } from 'react';
import { go, hrefOf, useAddress } from '../app/address.ts';
import { Boundary } from '../app/boundary.tsx';
import { SHORTEST_SEARCH } from '../refunds/view.ts';
import { useAllWords } from '../words/words.ts';
import { Found } from './found.tsx';
import { Outside } from './outside.tsx';
import { Places } from './places.tsx';
import '../look/screens.css';

/** How long nothing more is typed before it is looked for, in milliseconds. */
const PAUSE_MS = 250;

export function Find() {
  const words = useAllWords();
  const { search } = useAddress();
  const wanted = (search.get('for') ?? '').trim();
  const [typed, setTyped] = useState(wanted);
  const look = () => {
    const text = typed.trim();
    if (text !== wanted) go(hrefOf('/find', new URLSearchParams(text === '' ? {} : { for: text })), 'replace');
  };
  const lookLater = useEffectEvent(look);
  useEffect(() => {
    const timer = setTimeout(() => lookLater(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <section className="screen narrow find">
      <h1>{words.find.title}</h1>
      <form
        className="form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <label>
          {words.find.box}
          <input
            type="search"
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- whoever comes here comes to type
            autoFocus
            data-search
            aria-describedby="find-lead"
            autoComplete="off"
            spellCheck={false}
            maxLength={100}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <p id="find-lead" className="hint">
          {words.find.lead}
        </p>
      </form>
      {wanted !== '' && <Places wanted={wanted} />}
      {wanted.length >= SHORTEST_SEARCH && (
        <>
          <Boundary key={wanted}>
            <Suspense fallback={<div className="panel waiting find-waiting" aria-busy="true" />}>
              <Found wanted={wanted} />
            </Suspense>
          </Boundary>
          <Outside key={`outside ${wanted}`} wanted={wanted} />
        </>
      )}
      {wanted !== '' && wanted.length < SHORTEST_SEARCH && (
        <p role="status" className="quiet">
          {words.refunds.searchMore(SHORTEST_SEARCH)}
        </p>
      )}
    </section>
  );
}
