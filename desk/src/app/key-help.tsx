/** The list of keys. */
import { useAllWords } from '../words/words.ts';
import { Sheet } from './dialog.tsx';

export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const words = useAllWords();
  return (
    <Sheet title={words.keys.title} onClose={onClose}>
      <dl className="keys">
        {Object.entries(words.keys.list).map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-end">
        <button type="button" className="button button-main" onClick={onClose}>
          {words.keys.close}
        </button>
      </div>
    </Sheet>
  );
}
