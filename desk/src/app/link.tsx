/** A link inside the desk: the browser's own in everything, but without loading the page again. */
import type { ComponentProps, MouseEvent } from 'react';
import { go } from './address.ts';

export function Link(props: ComponentProps<'a'> & { readonly href: string }) {
  const { href, onClick, children, ...rest } = props;
  const open = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const special = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
    if (special || event.defaultPrevented) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a {...rest} href={href} onClick={open}>
      {children}
    </a>
  );
}
