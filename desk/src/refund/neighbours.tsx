/** The way back to the list, and to the refunds beside this one in it. */
import { hrefOf } from '../app/address.ts';
import { Link } from '../app/link.tsx';
import { listSearch, neighbourOf } from '../refunds/list-kept.ts';
import { hrefOfRefund } from '../refunds/refund-row.tsx';
import { useAllWords } from '../words/words.ts';

export function Neighbours({ id }: { readonly id: string }) {
  const words = useAllWords();
  const ways = [
    ['before', '‹', neighbourOf(id, -1)],
    ['after', '›', neighbourOf(id, 1)],
  ] as const;
  return (
    <nav className="neighbours" aria-label={words.nav.refunds}>
      <Link href={hrefOf('/refunds', listSearch())}>{words.nav.refunds}</Link>
      {ways.map(([name, sign, next]) =>
        next === null ? null : (
          <Link key={name} className="button button-icon" href={hrefOfRefund(next)} aria-label={words.refund[name]}>
            {sign}
          </Link>
        ),
      )}
    </nav>
  );
}
