// The whole in one line: how many interfaces are logged, as a number and a bar.
import type { CoverageSummary } from "../api/types";
import { exact, percent } from "../lib/units";
import styles from "./SummaryBar.module.css";

export function SummaryBar({ summary }: { summary: CoverageSummary }) {
  const { n_interfaces, n_logged, n_reject_only, n_gaps, share_logged } = summary;
  const part = (count: number) => ({ width: `${(100 * count) / Math.max(1, n_interfaces)}%` });
  const name = `${exact(n_logged)} of ${exact(n_interfaces)} interfaces are logged`;
  return (
    <div className={styles.summary}>
      <p>
        <b className={styles.share}>{percent(share_logged)}</b> {name}
        {n_reject_only > 0 && `, ${exact(n_reject_only)} rejects only`}
        {n_gaps > 0 && `, ${exact(n_gaps)} not at all or broken`}
      </p>
      <div className={styles.bar} role="img" aria-label={name}>
        <i data-part="logged" style={part(n_logged)} />
        <i data-part="rejects" style={part(n_reject_only)} />
        <i data-part="gaps" style={part(n_gaps)} />
      </div>
    </div>
  );
}
