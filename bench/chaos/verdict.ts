/** A run's evidence, judged, counted and told. */
import { figuresOf, latenessOf, type Figures, type Run } from './figures.ts';
import { judge, storiesOf, type Violation } from './judge.ts';
import { tellStory } from './story.ts';

export interface CampaignResult {
  readonly figures: Figures;
  readonly violations: readonly Violation[];
  /** The violations with the stories of their refunds; empty when there are none. */
  readonly report: string;
  /** The stories of the slowest. */
  readonly slowest: readonly string[];
}

/** Stories that are told whole. */
const MOST_STORIES = 10;

/** `problems`: what is wrong beside what the evidence says. */
export function conclude(run: Run, problems: readonly string[], slowest: number): CampaignResult {
  const { evidence, kills, freezes, began } = run;
  const violations: readonly Violation[] = [
    ...judge(evidence),
    ...problems.map((sentence) => ({ key: null, sentence })),
  ];
  const stories = new Map(storiesOf(evidence).map((story) => [story.plan.key, story]));
  const tell = (keys: readonly string[]): readonly string[] =>
    keys.flatMap((key) => {
      const story = stories.get(key);
      return story === undefined ? [] : [tellStory(story, [...kills, ...freezes], began)];
    });
  const concerned = [...new Set(violations.flatMap(({ key }) => key ?? []))].slice(0, MOST_STORIES);
  const last = latenessOf(evidence).toReversed().slice(0, slowest);
  return {
    figures: figuresOf(run),
    violations,
    report: [...violations.map(({ key, sentence }) => `${key ?? 'the whole'}: ${sentence}`), ...tell(concerned)].join(
      '\n\n',
    ),
    slowest: tell(last.map(({ key }) => key)),
  };
}
