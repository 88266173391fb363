/** Accounts and screens by their names. */
import { hrefOf } from '../app/address.ts';
import { Link } from '../app/link.tsx';
import { useMay, useStart } from '../app/start.tsx';
import { useAllWords } from '../words/words.ts';

export function Places({ wanted }: { readonly wanted: string }) {
  const words = useAllWords();
  const { accounts } = useStart();
  const mayOperate = useMay('refunds:operate');
  const text = wanted.toLowerCase();
  const has = (...names: readonly string[]) => names.some((name) => name.toLowerCase().includes(text));
  const screens = [
    ['refunds', words.nav.refunds],
    ['attention', words.nav.attention],
    ['days', words.nav.days],
    ['providers', words.nav.providers],
    ...(mayOperate ? [['callbacks', words.nav.callbacks] as const] : []),
  ] as const;
  const places = [
    ...accounts.flatMap(({ key, displayName, provider }) =>
      has(key, displayName, provider)
        ? [{ href: hrefOf('/refunds', new URLSearchParams({ accounts: key })), name: displayName }]
        : [],
    ),
    ...screens.flatMap(([path, name]) => (has(name) ? [{ href: hrefOf(`/${path}`), name }] : [])),
  ];
  if (places.length === 0) return null;
  return (
    <section className="panel">
      <h2>{words.find.places}</h2>
      <ul className="places">
        {places.map(({ href, name }) => (
          <li key={href}>
            <Link className="button" href={href} data-row={href}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
