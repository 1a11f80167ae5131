// A titled box: the same everywhere.
import type { ReactNode } from "react";

import { classes } from "./classes";
import styles from "./Panel.module.css";

export interface PanelProps {
  title?: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
  className?: string | undefined;
  /** The name of the region, if the title is not text. */
  label?: string;
}

/** A region with a title line and content. */
export function Panel({ title, tools, children, className, label }: PanelProps) {
  const name = label ?? (typeof title === "string" ? title : undefined);
  return (
    <section className={classes(styles.panel, className)} aria-label={name}>
      {(title || tools) && (
        <header className={styles.head}>
          {typeof title === "string" ? <h2>{title}</h2> : title}
          {tools && <div className={styles.tools}>{tools}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
