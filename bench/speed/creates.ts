/** `createRefund`: beside insert, call and update. */
import { answerTo, asked, Servers, type Bench, type Row } from './bench.ts';
import { createQuestion, isCreated } from './questions.ts';
import { interleaved } from './rounds.ts';
import { counted } from './statements.ts';

const AT_ONCE = 32;

/** Each a refund of a payment of its own. */
export async function createsAtOnce(bench: Bench): Promise<readonly Row[]> {
  await using servers = new Servers(bench);
  let made = 0;
  const next = () => createQuestion(`K${process.pid}${String((made += 1)).padStart(9, '0')}`);
  const questions = { connections: AT_ONCE, isRight: isCreated, next };
  const bare = await servers.bare();
  const product = await servers.product('postgres');
  const rows = await interleaved(
    [asked(bench, 'bare', bare, questions), asked(bench, 'product, PostgreSQL', product, questions)],
    bench.rounds,
  );
  const watched = await servers.counted();
  const note = await counted(watched.counter, 40, () => answerTo(watched, next()));
  return rows.map((row) => (row.name === 'bare' ? row : { ...row, note }));
}
