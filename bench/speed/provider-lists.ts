/** `refunds(first: 20)` over a provider's list, beside the peers. */
import { asked, Servers, type Bench, type Row } from './bench.ts';
import { barePage, isPage, pageQuestion, peerQuestion, repeating } from './questions.ts';
import { ACCOUNTS } from './records.ts';
import { interleaved, type Contestant } from './rounds.ts';

export interface ProviderListOptions {
  readonly delayMs: number;
  readonly rows: 'seen' | 'new';
  readonly read: 'AUTO' | 'PROVIDER';
}

/** Each connection asks for the first page of an account of its own. */
export async function providerList(
  bench: Bench,
  { delayMs, rows, read }: ProviderListOptions,
): Promise<readonly Row[]> {
  await using servers = new Servers(bench);
  const behaviour = `/${delayMs}/${rows}` as const;
  const each = <Question>(question: (account: number) => Question): readonly Question[] =>
    Array.from({ length: ACCOUNTS }, (_, account) => question(account));
  const questions = { connections: ACCOUNTS, isRight: isPage };
  const bare = await servers.bare();
  const contestants: Contestant[] = [
    asked(
      bench,
      'bare',
      { ...bare, database: null },
      { ...questions, next: repeating(each((nth) => barePage(nth, behaviour))) },
    ),
  ];
  for (const peer of bench.peers) {
    const next = repeating(each((nth) => peerQuestion(`/${nth}${behaviour}`)));
    contestants.push(asked(bench, peer, await servers.peer(peer), { ...questions, next }));
  }
  const next = repeating(each((nth) => pageQuestion(nth, read)));
  const product = await servers.product('postgres', { behaviour });
  contestants.push(asked(bench, 'product, PostgreSQL', product, { ...questions, next }));
  if (bench.embedded) {
    const embedded = await servers.product('embedded', { behaviour });
    contestants.push(asked(bench, 'product, embedded', embedded, { ...questions, next }));
  }
  return await interleaved(contestants, bench.rounds);
}
