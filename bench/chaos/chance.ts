/** Chance that a printed seed brings back, cut into independent streams by name. */
import { createHash } from 'node:crypto';
import { seededRandom, type Random } from '../../src/sandbox/random.ts';

/** The stream of this name: the same whatever others draw meanwhile. */
export function streamOf(seed: number, name: string): Random {
  return seededRandom(createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE());
}

/** True so often. */
export const happens = (random: Random, probability: number): boolean => random() < probability;

/** One of the names, each as often as its weight says. */
export function weighted<Name extends string>(random: Random, weights: readonly (readonly [Name, number])[]): Name {
  const whole = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * whole;
  for (const [name, weight] of weights) {
    left -= weight;
    if (left < 0) return name;
  }
  const last = weights.at(-1);
  if (last === undefined) throw new Error('nothing to choose from');
  return last[0];
}
