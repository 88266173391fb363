/** Refunds are given to providers: recorded first, then sent once, then known as the provider answered. */
import type { Parts } from '../parts.ts';
import { creating } from './create.ts';
import { createRecorder } from './record.ts';
import { retrying } from './retry.ts';
import { createSender } from './send.ts';

/** Makes the verbs that send. */
export function createSubmission(parts: Parts) {
  const recorder = createRecorder(parts);
  const send = createSender(parts);
  return {
    create: creating(parts, recorder, send),
    retry: retrying(parts, recorder, send),
    recordRepeat: recorder.recordRepeat,
    send,
  };
}

export type SubmissionVerbs = ReturnType<typeof createSubmission>;
