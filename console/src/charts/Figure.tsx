// The frame of a chart: a sentence with its result, its tools, and the same numbers as a table.
import { useState } from "react";
import type { ReactNode } from "react";
import styles from "./Figure.module.css";

export interface FigureProps {
  /** States the result: "10.0.2.9 serves 62 % of 1.2 TiB". Also the name of the picture. */
  name: string;
  tools?: ReactNode;
  /** A function if it takes time: it is made when it is shown. */
  table: ReactNode | (() => ReactNode);
  children: ReactNode;
}

export function Figure({ name, tools, table, children }: FigureProps) {
  const [isTable, setIsTable] = useState(false);
  return (
    <figure className={styles.figure}>
      <div className={styles.head}>
        <figcaption className={styles.caption}>{name}</figcaption>
        <div className={styles.tools}>
          {tools}
          <button
            type="button"
            className={styles.toggle}
            aria-pressed={isTable}
            onClick={() => setIsTable(!isTable)}
          >
            View as table
          </button>
        </div>
      </div>
      {isTable ? (
        // What scrolls must be reachable by keys.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles.table} role="region" aria-label={`Table: ${name}`} tabIndex={0}>
          {typeof table === "function" ? table() : table}
        </div>
      ) : (
        children
      )}
    </figure>
  );
}
