/** An address that names nothing, or nothing for this caller. */
import { useWords } from '../words/words.ts';
import { hrefOf } from './address.ts';
import { Link } from './link.tsx';

export function NotFound() {
  const words = useWords();
  return (
    <section className="screen">
      <h1>{words.notFound.title}</h1>
      <p>{words.notFound.text}</p>
      <Link className="button" href={hrefOf('/refunds')}>
        {words.notFound.back}
      </Link>
    </section>
  );
}
