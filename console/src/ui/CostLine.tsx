// What an answer took: in words, in one line.
import type { Cost } from "../api/types";
import { bytesShort, countShort, exact } from "../lib/units";
import styles from "./CostLine.module.css";

/** "0.84 s, 3 of 120 files, 1.20 M rows, 96.0 MiB". */
export function CostLine({ cost }: { cost: Cost }) {
  return (
    <span className={styles.cost} title={titleOf(cost)}>
      {costWords(cost)}
    </span>
  );
}

export function costWords(cost: Cost): string {
  const time = cost.elapsed_ms < 1000 ? `${cost.elapsed_ms} ms` : seconds(cost.elapsed_ms);
  if (cost.source === "cache") return `${time}, remembered`;
  if (cost.source === "none") return time;
  const files = `${exact(cost.n_files)} of ${exact(cost.n_files_total)} files`;
  return `${time}, ${files}, ${countShort(cost.n_rows)} rows, ${bytesShort(cost.n_bytes)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function titleOf(cost: Cost): string {
  return `${exact(cost.n_rows)} rows and ${exact(cost.n_bytes)} bytes read, version ${cost.version}`;
}
