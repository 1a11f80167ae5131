// How fresh the records of each source are, and whether anything is set aside.

import type { SourceHealth, Status } from "../../api/types";
import { middle } from "../../lib/text";
import { plural } from "../../lib/plural";
import { durationText } from "../../lib/time";
import { bytesShort, countShort, exact } from "../../lib/units";
import { Panel } from "../../ui/Panel";
import styles from "../home.module.css";

export interface FreshnessProps {
  status: Status;
  now: Date;
}

export function Freshness({ status, now }: FreshnessProps) {
  const { sources, dead_letters, inventory } = status;
  return (
    <Panel title="Freshness">
      <table className={styles.sources}>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Newest record</th>
            <th scope="col">Records</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {sources.map((it) => (
            <Source key={it.url} source={it} now={now} />
          ))}
          <tr>
            <td>The lake, version {status.lake_version}</td>
            <td>{ageText(status.newest, now)}</td>
            <td title={exact(status.n_rows)}>{countShort(status.n_rows)}</td>
            <td>
              {exact(status.n_files)} files, {bytesShort(status.n_bytes)}
            </td>
          </tr>
          <tr>
            <td>Inventory</td>
            <td>{ageText(inventory.synced_at, now)}</td>
            <td>{inventory.n_facts === 0 ? "–" : `${countShort(inventory.n_facts)} facts`}</td>
            <td>{inventory.synced_at === null ? "never synced" : "known"}</td>
          </tr>
        </tbody>
      </table>
      {sources.length === 0 && (
        <p className={styles.hint}>
          Nothing is collected by this server. <code>tidegate serve SOURCE</code> keeps collecting
        </p>
      )}
      {dead_letters.n_objects > 0 && (
        <p className={styles.hint}>
          {plural(dead_letters.n_objects, "file")} of lines that could not be read are set aside,{" "}
          {bytesShort(dead_letters.n_bytes)}
        </p>
      )}
    </Panel>
  );
}

function Source({ source, now }: { source: SourceHealth; now: Date }) {
  const { url, state, newest_record, n_records, n_bad_lines, error } = source;
  return (
    <tr>
      <td title={url}>{middle(url, 44)}</td>
      <td>{ageText(newest_record, now)}</td>
      <td title={exact(n_records)}>{countShort(n_records)}</td>
      <td className={state === "failed" ? styles.failed : undefined} title={error ?? ""}>
        {state === "failed" ? `failed: ${middle(error ?? "", 40)}` : state}
        {n_bad_lines > 0 && `, ${countShort(n_bad_lines)} bad lines`}
      </td>
    </tr>
  );
}

function ageText(at: string | null, now: Date): string {
  return at === null ? "–" : `${durationText(now.getTime() - Date.parse(at))} ago`;
}
