/** Unfinished refunds are brought to the end that their provider reports. */
import type { Parts } from '../parts.ts';
import type { SubmissionVerbs } from '../submission/submission.ts';
import { createSettler } from './settle.ts';
import { createSweep } from './sweep.ts';

/** Makes what the jobs do. */
export const createSettlement = (parts: Parts, submission: Pick<SubmissionVerbs, 'recordRepeat' | 'send'>) => ({
  settle: createSettler(parts, submission),
  sweep: createSweep(parts),
});

export type Settlement = ReturnType<typeof createSettlement>;
