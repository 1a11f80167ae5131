// What answers cost: where they came from, how much was read, how long it took, the SQL.

import type { Cost } from "../api/types";
import { bytesShort, exact } from "../lib/units";
import { CopyButton } from "./CopyButton";
import { Dialog } from "./Dialog";
import { GoLink } from "./GoLink";
import styles from "./Inspector.module.css";

export interface Inspected {
  name: string;
  cost: Cost;
  sql: string | null;
  command: string | null;
}

export interface InspectorProps {
  isOpen: boolean;
  answers: readonly Inspected[];
  onClose: () => void;
  /** The address of the SQL page with a statement. */
  sqlHref: (statement: string) => string;
}

const SOURCES: Readonly<Record<Cost["source"], string>> = {
  summary: "summaries",
  rows: "records",
  both: "summaries and records",
  cache: "cache",
  none: "nothing",
};

export function Inspector({ isOpen, answers, onClose, sqlHref }: InspectorProps) {
  return (
    <Dialog isOpen={isOpen} title="Query inspector" onClose={onClose} isWide>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Answer</th>
            <th scope="col">Read from</th>
            <th scope="col">Files</th>
            <th scope="col">Rows</th>
            <th scope="col">Bytes</th>
            <th scope="col">Time</th>
            <th scope="col">Version</th>
          </tr>
        </thead>
        <tbody>
          {answers.map(({ name, cost }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{SOURCES[cost.source]}</td>
              <td>
                {exact(cost.n_files)} of {exact(cost.n_files_total)}
              </td>
              <td>{exact(cost.n_rows)}</td>
              <td title={`${exact(cost.n_bytes)} bytes`}>{bytesShort(cost.n_bytes)}</td>
              <td>{exact(cost.elapsed_ms)} ms</td>
              <td>{cost.version}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {answers.map(({ name, sql, command }) =>
        sql === null ? null : (
          <section key={name} className={styles.statement} aria-label={`Statement of ${name}`}>
            <header className={styles.head}>
              <h3>{name}</h3>
              <GoLink href={sqlHref(sql)}>Open in SQL</GoLink>
              <CopyButton text={sql} what="SQL" />
            </header>
            <pre className={styles.sql}>{sql}</pre>
            {command && (
              <header className={styles.head}>
                <pre className={styles.command}>{command}</pre>
                <CopyButton text={command} what="command" />
              </header>
            )}
          </section>
        ),
      )}
    </Dialog>
  );
}
