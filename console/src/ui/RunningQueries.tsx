// Queries that take long: how far they are, and the way to stop them.

import type { RunningQuery } from "../api/running";
import { bytesShort, countShort } from "../lib/units";
import { Button } from "./Button";
import styles from "./RunningQueries.module.css";

export interface RunningQueriesProps {
  queries: readonly RunningQuery[];
  onCancel: (id: string) => void;
}

export function RunningQueries({ queries, onCancel }: RunningQueriesProps) {
  if (queries.length === 0) return null;
  return (
    <ul className={styles.list} aria-label="Running queries" data-print="none">
      {queries.map((it) => (
        <li key={it.id} className={styles.query}>
          <div className={styles.words}>
            <strong>{it.label}</strong> {progressText(it)}
          </div>
          <progress
            className={styles.bar}
            aria-label={`Progress of ${it.label}`}
            max={1}
            {...(it.progress && it.progress.n_files > 0
              ? { value: it.progress.n_files_done / it.progress.n_files }
              : {})}
          />
          <Button onClick={() => onCancel(it.id)}>Cancel</Button>
        </li>
      ))}
    </ul>
  );
}

function progressText({ progress }: RunningQuery): string {
  if (!progress) return "is waiting for its first file";
  const { n_files, n_files_done, n_rows, n_bytes, elapsed_ms } = progress;
  const seconds = (elapsed_ms / 1000).toFixed(1);
  return `${n_files_done} of ${n_files} files, ${countShort(n_rows)} rows, ${bytesShort(n_bytes)}, ${seconds} s`;
}
