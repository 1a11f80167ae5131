// The head of a page: what it is, one line about it, and its tools. The same on every page.
import type { ReactNode } from "react";

import styles from "./PageHead.module.css";

export interface PageHeadProps {
  title: ReactNode;
  subtitle?: ReactNode;
  tools?: ReactNode;
}

export function PageHead({ title, subtitle, tools }: PageHeadProps) {
  return (
    <header className={styles.head}>
      <div className={styles.words}>
        <h1>{title}</h1>
        {subtitle && <p className={styles.subtitle}>{subtitle}</p>}
      </div>
      {tools && <div className={styles.tools}>{tools}</div>}
    </header>
  );
}
