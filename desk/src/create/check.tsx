/** The second step: what will be sent, and what became of it. */
import { Link } from '../app/link.tsx';
import { hrefOfRefund } from '../refunds/refund-row.tsx';
import { Money, useMoneyText } from '../shown/money.tsx';
import { useAllWords } from '../words/words.ts';
import type { Intention } from './intention.ts';
import type { Result } from './send.ts';

export function Check(props: {
  readonly intention: Intention;
  readonly account: { readonly displayName: string } | null;
  readonly result: Result;
  readonly onSend: () => void;
  readonly onBack: () => void;
}) {
  const words = useAllWords();
  const money = useMoneyText();
  const { intention, account, result, onSend, onBack } = props;
  const { input } = intention;
  const payment = input.providerPaymentId ?? input.merchantPaymentId;
  const facts = [
    [words.create.account, account?.displayName ?? input.account],
    [input.providerPaymentId == null ? words.create.ourPayment : words.create.theirPayment, payment],
    [words.refund.paid, input.paymentAmount == null ? null : money(input.paymentAmount)],
    [words.create.businessId, input.shoutu?.businessId],
    [words.refund.reason, input.reason],
  ] as const;
  const isSending = result.kind === 'sending';
  return (
    <div className="panel form">
      <p className="big-amount">
        <Money of={input.amount} />
      </p>
      <dl className="facts">
        {facts.map(([name, value]) =>
          value == null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {result.kind === 'unknown' ? (
        <div className="failure" role="alert">
          <strong>{words.create.unknown}</strong>
          <p>{words.create.unknownDo}</p>
          {result.why !== null && (
            <p className="quiet">
              {words.create.lastTry} {result.why}
            </p>
          )}
          <div className="buttons">
            <button type="button" className="button button-main" onClick={onSend}>
              {words.create.resume}
            </button>
            <button
              type="button"
              className="button"
              onClick={() => {
                if (confirm(words.create.forgetWarning)) onBack();
              }}
            >
              {words.create.forget}
            </button>
          </div>
        </div>
      ) : result.kind === 'refused' ? (
        <div className="failure" role="alert">
          <strong>{words.create.refused.title}</strong>
          <p>{result.text}</p>
          <div className="buttons">
            <button type="button" className="button" onClick={onBack}>
              {words.create.back}
            </button>
            {result.id !== null && (
              <Link className="button" href={hrefOfRefund(result.id)}>
                {words.create.open}
              </Link>
            )}
          </div>
        </div>
      ) : (
        <>
          <p className="hint">{words.create.check}</p>
          <div className="buttons">
            <button type="button" className="button button-main" disabled={isSending} onClick={onSend}>
              {isSending ? words.create.sending : words.create.send(money(input.amount))}
            </button>
            <button type="button" className="button" disabled={isSending || intention.isSent} onClick={onBack}>
              {words.create.back}
            </button>
          </div>
        </>
      )}
    </div>
  );
}
