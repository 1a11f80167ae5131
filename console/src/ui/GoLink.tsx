// A link to an address of the console that is known as a whole, question and all.

import type { ReactNode } from "react";

import { useGo } from "../state/question";

export interface GoLinkProps {
  href: string;
  className?: string | undefined;
  title?: string;
  children: ReactNode;
}

export function GoLink({ href, children, ...rest }: GoLinkProps) {
  const go = useGo();
  return (
    <a
      href={href}
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
