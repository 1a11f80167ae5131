// A link to an address of the console that is known as a whole, question and all.

import type { ReactNode } from "react";

import { useGo } from "../state/question";

export interface GoLinkProps {
  href: string;
  className?: string | undefined;
  title?: string;
  /** What it shows is about to change. */
  isBusy?: boolean;
  children: ReactNode;
}

export function GoLink({ href, children, isBusy, ...rest }: GoLinkProps) {
  const go = useGo();
  return (
    <a
      href={href}
      aria-busy={isBusy}
      {...rest}
      onClick={(event) => {
        // With a modifier the browser opens a tab.
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(href);
      }}
    >
      {children}
    </a>
  );
}
