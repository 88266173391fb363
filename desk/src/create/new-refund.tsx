/** A new refund: the payment and how much of it, then a check, then the result as it comes. */
import { v4 as newKey } from 'uuid';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useAddress } from '../app/address.ts';
import { useStart } from '../app/start.tsx';
import { useAllWords } from '../words/words.ts';
import { Check } from './check.tsx';
import { DraftForm } from './draft-form.tsx';
import { draftOf, emptyDraft, readDraft, type Draft, type Wrong } from './draft.ts';
import { dropIntention, keepIntention, keptIntention, type Intention } from './intention.ts';
import { Made } from './made.tsx';
import { useSend } from './send.ts';
import '../look/screens.css';

export function NewRefund() {
  const words = useAllWords();
  const { search } = useAddress();
  const { accounts, viewer } = useStart();
  const creating = accounts.filter(({ capabilities }) => capabilities.create);
  const [intention, setIntention] = useState<Intention | null>(() => keptIntention(viewer.subject));
  const [draft, setDraft] = useState<Draft>(() => (intention === null ? emptyDraft(search) : draftOf(intention.input)));
  const [wrong, setWrong] = useState<Wrong>({});
  const { result, send, forget } = useSend();
  const account = creating.find(({ key }) => key === draft.account) ?? null;

  // What was sent before the page was loaded again has an answer by now: it is asked for, with the same key.
  const resume = useEffectEvent(() => {
    if (intention?.isSent === true) send(intention);
  });
  useEffect(() => resume(), []);

  const heading = useRef<HTMLHeadingElement>(null);
  const step = intention === null ? 'form' : result.kind === 'made' ? 'made' : 'check';
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    heading.current?.focus();
  }, [step]);

  const next = () => {
    const reading = readDraft(draft, account, newKey());
    if ('wrong' in reading) return setWrong(reading.wrong);
    const wanted = { person: viewer.subject, input: reading.input, isSent: false };
    keepIntention(wanted);
    setWrong({});
    setIntention(wanted);
  };
  const back = () => {
    if (intention !== null) dropIntention(intention);
    forget();
    setIntention(null);
  };
  const another = () => {
    setDraft({ ...emptyDraft(new URLSearchParams()), account: draft.account });
    back();
  };

  return (
    <section className="screen narrow">
      <h1 ref={heading} tabIndex={-1}>
        {words.create.title}
      </h1>
      {step !== 'made' && (
        <p className="quiet">
          {words.create.step(intention === null ? 1 : 2, 2)} ·{' '}
          {intention === null ? words.create.stepPayment : words.create.stepCheck}
        </p>
      )}
      {intention === null ? (
        <DraftForm accounts={creating} draft={draft} wrong={wrong} change={setDraft} onNext={next} />
      ) : result.kind === 'made' ? (
        <Made id={result.id} isReplayed={result.isReplayed} onAnother={another} />
      ) : (
        <Check intention={intention} account={account} result={result} onSend={() => send(intention)} onBack={back} />
      )}
    </section>
  );
}
