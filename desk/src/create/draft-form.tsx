/** The first step: which payment, and how much of it. */
import { Suspense, useDeferredValue, type ReactNode } from 'react';
import { useAllWords } from '../words/words.ts';
import { TAKES, type Draft, type DraftAccount, type Wrong } from './draft.ts';
import { PaymentLeft } from './payment-left.tsx';
import { Boundary } from '../app/boundary.tsx';

interface Props {
  readonly accounts: readonly (DraftAccount & { readonly displayName: string })[];
  readonly draft: Draft;
  readonly wrong: Wrong;
  readonly change: (draft: Draft) => void;
  readonly onNext: () => void;
}

/** A field with its name, a hint and what is wrong with it. */
function Field(props: {
  readonly id: string;
  readonly name: string;
  readonly hint?: string;
  readonly wrong?: string | undefined;
  readonly children: ReactNode;
}) {
  const { id, name, hint, wrong, children } = props;
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      {children}
      {hint !== undefined && <span className="hint">{hint}</span>}
      {wrong !== undefined && (
        <span className="wrong" id={`${id}-wrong`} role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}

export function DraftForm({ accounts, draft, wrong, change, onNext }: Props) {
  const words = useAllWords();
  const account = accounts.find(({ key }) => key === draft.account);
  const takes = account === undefined ? [] : TAKES[account.provider];
  const put = (changed: Partial<Draft>) => change({ ...draft, ...changed });
  const say = (code: Wrong[keyof Wrong]) => (code === undefined ? undefined : words.create[code]);
  const invalid = (id: string, code: Wrong[keyof Wrong]) =>
    code === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-wrong` };
  const looked = useDeferredValue(draft);
  return (
    <form
      className="panel form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onNext();
      }}
    >
      <Field id="account" name={words.create.account} wrong={say(wrong.account)}>
        <select
          id="account"
          value={draft.account}
          {...invalid('account', wrong.account)}
          onChange={({ target }) => put({ account: target.value })}
        >
          <option value="">{words.create.choose}</option>
          {accounts.map(({ key, displayName, currency }) => (
            <option key={key} value={key}>
              {displayName} ({currency})
            </option>
          ))}
        </select>
      </Field>
      {takes.includes('ours') && (
        <Field
          id="ours"
          name={words.create.ourPayment}
          {...(takes.length > 1 ? { hint: words.create.eitherPayment } : {})}
          wrong={say(wrong.payment)}
        >
          <input
            id="ours"
            className="mono"
            autoComplete="off"
            spellCheck={false}
            value={draft.ours}
            {...invalid('ours', wrong.payment)}
            onChange={({ target }) => put({ ours: target.value })}
          />
        </Field>
      )}
      {takes.includes('theirs') && (
        <Field
          id="theirs"
          name={words.create.theirPayment}
          wrong={takes.includes('ours') ? undefined : say(wrong.payment)}
        >
          <input
            id="theirs"
            className="mono"
            autoComplete="off"
            spellCheck={false}
            value={draft.theirs}
            {...(takes.includes('ours') ? {} : invalid('theirs', wrong.payment))}
            onChange={({ target }) => put({ theirs: target.value })}
          />
        </Field>
      )}
      {account !== undefined && (
        <>
          <Boundary>
            <Suspense fallback={<p className="hint payment-left">…</p>}>
              <PaymentLeft draft={looked} currency={account.currency} put={put}>
                <Field
                  id="paid"
                  name={`${words.create.paid} (${account.currency})`}
                  hint={words.create.paidHint}
                  wrong={say(wrong.paid)}
                >
                  <input
                    id="paid"
                    inputMode="decimal"
                    autoComplete="off"
                    value={draft.paid}
                    {...invalid('paid', wrong.paid)}
                    onChange={({ target }) => put({ paid: target.value })}
                  />
                </Field>
              </PaymentLeft>
            </Suspense>
          </Boundary>
          <Field id="amount" name={`${words.create.amount} (${account.currency})`} wrong={say(wrong.amount)}>
            <input
              id="amount"
              inputMode="decimal"
              autoComplete="off"
              value={draft.amount}
              {...invalid('amount', wrong.amount)}
              onChange={({ target }) => put({ amount: target.value })}
            />
          </Field>
          {account.provider === 'SHOUTU' && (
            <Field id="mode" name={words.create.mode}>
              <select
                id="mode"
                value={String(draft.isItem)}
                onChange={({ target }) => put({ isItem: target.value === 'true' })}
              >
                <option value="false">{words.create.modes.ENTIRE_REFUND}</option>
                <option value="true">{words.create.modes.ITEMIZED_REFUND}</option>
              </select>
            </Field>
          )}
          {account.provider === 'SHOUTU' && draft.isItem && (
            <Field id="businessId" name={words.create.businessId} wrong={say(wrong.businessId)}>
              <input
                id="businessId"
                className="mono"
                value={draft.businessId}
                {...invalid('businessId', wrong.businessId)}
                onChange={({ target }) => put({ businessId: target.value })}
              />
            </Field>
          )}
          <Field id="reason" name={`${words.create.reason} · ${words.create.optional}`}>
            <input id="reason" value={draft.reason} onChange={({ target }) => put({ reason: target.value })} />
          </Field>
        </>
      )}
      <div className="buttons">
        <button type="submit" className="button button-main">
          {words.create.next}
        </button>
      </div>
    </form>
  );
}
