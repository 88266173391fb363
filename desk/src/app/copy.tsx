/** An id that can be copied. */
import { useEffect, useState } from 'react';
import { useAllWords } from '../words/words.ts';

export function Copyable({ text }: { readonly text: string }) {
  const words = useAllWords();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  // Browsers have no clipboard for pages that came over plain http.
  const { clipboard }: { readonly clipboard?: Clipboard } = navigator;
  const copy = () => {
    clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <span className="copyable">
      <span className="mono">{text}</span>
      {clipboard !== undefined && (
        <button type="button" className="button-small" aria-label={`${words.refund.copy} ${text}`} onClick={copy}>
          <span role="status">{isCopied ? words.refund.copied : words.refund.copy}</span>
        </button>
      )}
    </span>
  );
}
