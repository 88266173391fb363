/**
 * How many upstream pages and rows a window costs. Run: npx node bench/paging.ts
 *
 * The claim of issue 2: with a maximum of 100, every window of up to 50 rows is one page, at about 1.3 times
 * the rows.
 */
import { pagesCovering } from '../src/paging/cover.ts';

const OFFSETS = 20_000;

function measure(need: number, max: number) {
  const pages = new Map<number, number>();
  let rows = 0;
  let disjoint = 0;
  for (let from = 0; from < OFFSETS; from++) {
    const asks = pagesCovering(from, from + need, max);
    pages.set(asks.length, (pages.get(asks.length) ?? 0) + 1);
    rows += asks.reduce((sum, { size }) => sum + size, 0);
    for (const [i, ask] of asks.entries()) {
      const next = asks[i + 1];
      if (next !== undefined && next.page * next.size >= (ask.page + 1) * ask.size) disjoint++;
    }
  }
  const spread = [...pages]
    .toSorted(([a], [b]) => a - b)
    .map(([n, count]) => `${n}: ${((100 * count) / OFFSETS).toFixed(2)} %`);
  const ratio = (rows / OFFSETS / need).toFixed(2);
  console.log(
    `max ${max}, window ${need}: pages ${spread.join(', ')}; rows ×${ratio}; joins without a shared row ${disjoint}`,
  );
}

let worst = 0;
let rows = 0;
let needed = 0;
for (let need = 1; need <= 50; need++) {
  for (let from = 0; from < OFFSETS; from++) {
    const asks = pagesCovering(from, from + need, 100);
    worst = Math.max(worst, asks.length);
    rows += asks.reduce((sum, { size }) => sum + size, 0);
    needed += need;
  }
}
console.log(
  `max 100, every window of 1 to 50 rows at offsets 0 to ${OFFSETS - 1}: at most ${worst} page, rows ×${(rows / needed).toFixed(2)}`,
);
for (const [need, max] of [
  [22, 100],
  [52, 100],
  [100, 100],
  [102, 100],
  [20, 20],
  [22, 20],
  [102, 20],
  [12, 10],
  [22, 10],
  [102, 10],
] as const) {
  measure(need, max);
}
