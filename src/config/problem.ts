/** What is wrong with the settings, all of it at once. */

/** One wrong setting: where it stands, what was expected and what came. Never holds a secret's value. */
export interface SettingProblem {
  readonly setting: string;
  readonly problem: string;
}

/** Stops the start. Its message names every wrong setting. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    const lines = problems.map(({ setting, problem }) => `  ${setting}: ${problem}`);
    super(`refund-graph can't start: ${problems.length} wrong setting(s)\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
