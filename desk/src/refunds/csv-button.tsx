/** What the list shows, as a file for a spreadsheet. */
import { useState } from 'react';
import { useFailureText } from '../app/boundary.tsx';
import { useWords } from '../words/words.ts';
import { filterOf, orderOf, type View } from './view.ts';

type State = { readonly kind: 'idle' | 'fetching' } | { readonly kind: 'wrong'; readonly text: string };

/** Says which days it is of, where the list is of some. */
const fileName = ({ from, to }: View): string =>
  `${['refunds', from, to].filter((part) => part !== null).join('-')}.csv`;

export function CsvButton({ view, zone }: { readonly view: View; readonly zone: string }) {
  const words = useWords();
  const failureText = useFailureText();
  const [state, setState] = useState<State>({ kind: 'idle' });
  const save = async () => {
    setState({ kind: 'fetching' });
    try {
      const { saveAsCsv } = await import('../api/file.ts');
      await saveAsCsv({ filter: filterOf(view, zone), orderBy: orderOf(view) }, fileName(view));
      setState({ kind: 'idle' });
    } catch (error) {
      setState({ kind: 'wrong', text: failureText(error) });
    }
  };
  return (
    <span className="csv">
      <span role="status" className="wrong">
        {state.kind === 'wrong' && state.text}
      </span>
      <button type="button" className="button-small" disabled={state.kind === 'fetching'} onClick={() => void save()}>
        {state.kind === 'fetching' ? words.refunds.csvFetching : words.refunds.csv}
      </button>
    </span>
  );
}
