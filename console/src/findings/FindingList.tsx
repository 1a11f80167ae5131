// What rules found: severity as shape and word, who it is about, and a way to its records.
import type { Finding } from "../api/types";
import { timeShort } from "../lib/time";
import type { Zone } from "../lib/time";
import { Drill } from "../ui/Drill";
import { EntityRef } from "../ui/EntityRef";
import { severityLook, StateMark } from "../ui/StateMark";
import styles from "./FindingList.module.css";

export function FindingList({ found, zone }: { found: readonly Finding[]; zone: Zone }) {
  return (
    <ul className={styles.list} aria-label="Findings">
      {found.map((it) => (
        <li key={it.id}>
          <StateMark {...severityLook(it.severity)} />
          <div className={styles.what}>
            <h3>
              {it.is_sample && <span className={styles.sample}>sample</span>}
              {it.title}
            </h3>
            <p>{it.summary}</p>
            <p className={styles.foot}>
              <code>{it.rule}</code>
              <span>
                {timeShort(new Date(it.window.from), zone)} –{" "}
                {timeShort(new Date(it.window.until), zone)}
              </span>
              {it.status !== "open" && <span>{it.status}</span>}
              {it.entity && (
                <EntityRef kind={it.entity.kind} id={it.entity.id} label={it.entity.label} />
              )}
              <Drill to="/flows" patch={{ q: it.q, from: it.window.from, until: it.window.until }}>
                Records
              </Drill>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
