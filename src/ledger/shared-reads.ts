/**
 * Small reads of many callers at the same time as one statement: what comes while one is under way is read by
 * the next. Nobody is given what was read before he asked.
 */
import { createBatcher } from '../flow/batcher.ts';
import { metered, use } from '../flow/meter.ts';

/** Most callers of one statement, and most that wait. */
const [MOST, WAITING] = [100, 10_000];

/**
 * Makes a reading that is shared. `read` answers many questions, in their positions. A failure is
 * everybody's: it is the database's. Each caller is charged an equal part of the time.
 */
export function readTogether<Asked, Answer>(
  read: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
): (asked: Asked) => Promise<Answer> {
  const ask = createBatcher<Asked, { readonly answer: Answer; readonly databaseMs: number }>({
    most: MOST,
    waiting: WAITING,
    isGeneral: () => true,
    work: async (asked) => {
      const usage = { providerCalls: 0, databaseMs: 0 };
      const answers = await metered(usage, () => read(asked));
      return answers.map((answer) => ({ answer, databaseMs: usage.databaseMs / asked.length }));
    },
  });
  return async (asked) => {
    const { answer, databaseMs } = await ask(asked);
    use('databaseMs', databaseMs);
    return answer;
  };
}
