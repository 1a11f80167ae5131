// A proposal as a diff: what goes, what comes. Signs and words, not colour alone.
import type { Proposal } from "../api/types";
import styles from "./Diff.module.css";

export function Diff({ proposal }: { proposal: Proposal }) {
  return (
    <div className={styles.diff}>
      <p>{proposal.reason}</p>
      <ul aria-label="Proposed change" className={styles.lines}>
        {proposal.removed.map((line) => (
          <li key={`- ${line}`} data-way="removed">
            <span className={styles.sign}>−</span>
            <span className="visually-hidden">removed: </span>
            {line}
          </li>
        ))}
        {proposal.added.map((line) => (
          <li key={`+ ${line}`} data-way="added">
            <span className={styles.sign}>+</span>
            <span className="visually-hidden">added: </span>
            {line}
          </li>
        ))}
      </ul>
    </div>
  );
}
