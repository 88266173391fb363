/** What is shown where a part of a screen could not be loaded; the other parts stay. */
import { Component, createContext, use, type ReactNode } from 'react';
import { ApiFailure, failureOf } from '../api/failure.ts';
import { useWords } from '../words/words.ts';

const Tries = createContext(0);

/** Give it to every query as its `fetchKey`: another try is another number. */
export const useTry = (): number => use(Tries);

function messageOf(failure: ApiFailure, words: ReturnType<typeof useWords>['failure']): string {
  if (failure.code === 'OFFLINE') return words.offline;
  if (failure.code === 'FORBIDDEN' || failure.code === 'UNAUTHENTICATED') return words.forbidden;
  if (failure.code === 'UNAVAILABLE') return words.unavailable;
  if (failure.code === 'RATE_LIMITED') return words.busy;
  if (failure.code === 'INTERNAL_SERVER_ERROR') return `${words.internal} ${failure.message}`;
  return failure.message;
}

/** The words for a failure of any kind. */
export function useFailureText(): (error: unknown) => string {
  const words = useWords();
  return (error) => messageOf(failureOf(error), words.failure);
}

function Failure({ error, again }: { readonly error: unknown; readonly again: () => void }) {
  const words = useWords();
  const text = useFailureText()(error);
  // A file of the desk that did not come is never asked for again by this page, and a defect comes again.
  const isOfApi = error instanceof ApiFailure;
  return (
    <div className="failure" role="alert">
      <strong>{words.failure.title}</strong>
      <p>{text}</p>
      <button type="button" className="button" onClick={isOfApi ? again : () => location.reload()}>
        {isOfApi ? words.failure.again : words.failure.reload}
      </button>
    </div>
  );
}

interface Props {
  readonly children: ReactNode;
  /** The part is a `<tbody>`. */
  readonly inTable?: boolean;
}

export class Boundary extends Component<Props, { readonly error: unknown; readonly tries: number }> {
  override readonly state = { error: null, tries: 0 };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  readonly #again = () => this.setState(({ tries }) => ({ error: null, tries: tries + 1 }));

  override render() {
    const { error, tries } = this.state;
    if (error === null) return <Tries value={tries}>{this.props.children}</Tries>;
    const failure = <Failure error={error} again={this.#again} />;
    if (this.props.inTable !== true) return failure;
    return (
      <tbody>
        <tr>
          <td colSpan={7}>{failure}</td>
        </tr>
      </tbody>
    );
  }
}
