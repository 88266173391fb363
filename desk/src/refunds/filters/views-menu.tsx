/** The views that were saved, and saving this one. */
import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { hrefOf } from '../../app/address.ts';
import { Link } from '../../app/link.tsx';
import { useWords } from '../../words/words.ts';
import { forgetView, MOST_VIEWS, saveView, useSavedViews } from './saved-views.ts';
import { writeView, type View } from '../view.ts';

export function ViewsMenu({ view }: { readonly view: View }) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button className="button button-choice">{words.refunds.views}</Button>
      <Popover className="popover" placement="bottom start">
        <Dialog className="views-dialog" aria-label={words.refunds.views}>
          <Views view={view} close={() => setOpen(false)} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Views({ view, close }: { readonly view: View; readonly close: () => void }) {
  const words = useWords();
  const views = useSavedViews();
  const [name, setName] = useState('');
  return (
    <>
      {views.length === 0 ? (
        <p className="quiet">{words.refunds.noViews}</p>
      ) : (
        <ul className="views">
          {views.map((saved) => (
            <li key={saved.name}>
              <Link href={hrefOf('/refunds', new URLSearchParams(saved.search))} onClick={close}>
                {saved.name}
              </Link>
              <button
                type="button"
                className="button-small"
                aria-label={`${words.refunds.forgetView}: ${saved.name}`}
                onClick={() => forgetView(saved.name)}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === '') return;
          saveView({ name: name.trim(), search: writeView(view).toString() });
          close();
        }}
      >
        <label>
          {words.refunds.viewName}
          <input
            value={name}
            maxLength={60}
            autoComplete="off"
            disabled={views.length >= MOST_VIEWS}
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        <button type="submit" className="button button-main" disabled={name.trim() === ''}>
          {words.refunds.saveView}
        </button>
      </form>
    </>
  );
}
