/** The search of the list: it is in the address soon after the last key. */
import { useEffect, useEffectEvent, useState } from 'react';
import { useWords } from '../../words/words.ts';
import { SHORTEST_SEARCH } from '../view.ts';

/** How long nothing more is typed before it counts, in milliseconds. */
const PAUSE_MS = 350;

export function SearchBox(props: { readonly search: string; readonly show: (search: string) => void }) {
  const words = useWords();
  const { search } = props;
  const [typed, setTyped] = useState(search);
  const [seen, setSeen] = useState(search);
  // The address was changed elsewhere: by a link, by the way back, or because all filters were cleared.
  if (seen !== search) {
    setSeen(search);
    if (typed.trim() !== search) setTyped(search);
  }
  const show = useEffectEvent(() => {
    if (typed.trim() !== search) props.show(typed.trim());
  });
  useEffect(() => {
    const timer = setTimeout(() => show(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const length = typed.trim().length;
  return (
    <div className="search" role="search">
      <input
        type="search"
        data-search
        className="search-box"
        aria-label={words.refunds.search}
        aria-keyshortcuts="/"
        placeholder={words.refunds.search}
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Escape' && typed === '') currentTarget.blur();
        }}
      />
      <span role="status" className="search-hint">
        {length > 0 && length < SHORTEST_SEARCH ? words.refunds.searchMore(SHORTEST_SEARCH) : ''}
      </span>
    </div>
  );
}
