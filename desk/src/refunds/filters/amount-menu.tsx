/** The choice of amounts: from one on, up to another, in a currency. */
import { useState, type FormEvent } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useWords } from '../../words/words.ts';
import { amountIn } from '../../shown/amount.ts';
import type { View } from '../view.ts';

export function AmountMenu(props: {
  readonly view: View;
  readonly currencies: readonly string[];
  readonly text: string;
  readonly show: (changed: Partial<View>) => void;
}) {
  const words = useWords();
  const { view, currencies, text, show } = props;
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button className="button button-choice" aria-label={`${words.refunds.columns.amount}: ${text}`}>
        {text}
      </Button>
      <Popover className="popover" placement="bottom start">
        <Dialog className="amount-dialog" aria-label={words.refunds.columns.amount}>
          <AmountForm
            view={view}
            currencies={currencies}
            take={(changed) => {
              show(changed);
              setOpen(false);
            }}
          />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

const isWrong = (text: string): boolean => text.trim() !== '' && amountIn(text) === null;

function AmountForm(props: {
  readonly view: View;
  readonly currencies: readonly string[];
  readonly take: (changed: Partial<View>) => void;
}) {
  const words = useWords();
  const { view, currencies, take } = props;
  const [atLeast, setAtLeast] = useState(view.atLeast ?? '');
  const [below, setBelow] = useState(view.below ?? '');
  const [currency, setCurrency] = useState(view.currency ?? '');
  const wrong = isWrong(atLeast) || isWrong(below);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wrong) return;
    take({ atLeast: amountIn(atLeast), below: amountIn(below), currency: currency === '' ? null : currency });
  };
  const fields = [
    [words.refunds.atLeast, atLeast, setAtLeast],
    [words.refunds.below, below, setBelow],
  ] as const;
  return (
    <form className="form" noValidate onSubmit={submit}>
      {fields.map(([name, value, set]) => (
        <label key={name}>
          {name}
          <input
            inputMode="decimal"
            autoComplete="off"
            value={value}
            aria-invalid={isWrong(value) || undefined}
            onChange={({ target }) => set(target.value)}
          />
        </label>
      ))}
      <label>
        {words.refunds.currency}
        <select value={currency} onChange={({ target }) => setCurrency(target.value)}>
          <option value="">{words.refunds.anyCurrency}</option>
          {currencies.map((code) => (
            <option key={code}>{code}</option>
          ))}
        </select>
      </label>
      {wrong && (
        <span role="alert" className="wrong">
          {words.refunds.badAmount}
        </span>
      )}
      <div className="dialog-end">
        <button type="button" className="button" onClick={() => take({ atLeast: null, below: null, currency: null })}>
          {words.refunds.anyAmount}
        </button>
        <button type="submit" className="button button-main">
          {words.refunds.apply}
        </button>
      </div>
    </form>
  );
}
