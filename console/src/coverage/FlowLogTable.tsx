// The flow logs that are switched on: where to, how often, which fields, and what they lack.
import type { CoverageFlowLog } from "../api/types";
import { timeShort } from "../lib/time";
import type { Zone } from "../lib/time";
import { plural } from "../lib/plural";
import { exact } from "../lib/units";
import { EmptyState } from "../ui/State";
import { StateMark } from "../ui/StateMark";
import styles from "./FlowLogTable.module.css";

export function FlowLogTable({ logs, zone }: { logs: readonly CoverageFlowLog[]; zone: Zone }) {
  if (logs.length === 0) {
    return (
      <EmptyState title="No flow log is switched on">The plan below switches them on</EmptyState>
    );
  }
  return (
    <div className={styles.scroll}>
      <table className={styles.logs} aria-label="Flow logs">
        <thead>
          <tr>
            <th scope="col">Flow log</th>
            <th scope="col">Status</th>
            <th scope="col">Watches</th>
            <th scope="col">Traffic</th>
            <th scope="col" className="number">
              Interval
            </th>
            <th scope="col">Fields</th>
            <th scope="col">Newest record</th>
          </tr>
        </thead>
        <tbody>
          {logs.map((log) => (
            <Row key={log.id} log={log} zone={zone} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ log, zone }: { log: CoverageFlowLog; zone: Zone }) {
  const isActive = /^active$/i.test(log.status);
  return (
    <tr>
      <td>
        <span className="mono">{log.id}</span>
        <span className={styles.to} title={log.destination}>
          {log.destination}
        </span>
      </td>
      <td>
        <StateMark
          word={log.status.toLowerCase()}
          shape={isActive ? "dot" : "triangle"}
          look={isActive ? "good" : "bad"}
        />
      </td>
      <td className="mono">{log.resource_id}</td>
      <td>{log.traffic}</td>
      <td className="number">{log.interval_s === null ? "" : `${log.interval_s} s`}</td>
      <td className={styles.fields}>
        <details>
          <summary>
            {plural(log.fields.length, "field")}
            {log.missing_fields.length > 0 && `, ${exact(log.missing_fields.length)} missing`}
          </summary>
          <p className="mono">{log.fields.join(" ")}</p>
        </details>
        {log.missing_fields.length > 0 && (
          <p className={styles.missing}>
            <StateMark shape="half" look="warn" word="lacks" />
            <span className="mono">{log.missing_fields.join(" ")}</span>
          </p>
        )}
        {log.findings.map((it) => (
          <p key={it} className={styles.finding}>
            {it}
          </p>
        ))}
      </td>
      <td title={log.newest ?? undefined}>
        {log.newest === null ? "none" : timeShort(new Date(log.newest), zone)}
      </td>
    </tr>
  );
}
