// What stands out about groups: what guidelines forbid, and rules that are probably missing.
import { Link } from "@tanstack/react-router";

import type { AdviceCheck, AdviceReport } from "../api/types";
import { exact } from "../lib/units";
import { useQuestion } from "../state/question";
import { writeQuestion } from "../state/search";
import { useValueActions } from "../state/valueActions";
import { Panel } from "../ui/Panel";
import { sentence } from "../ui/State";
import { severityLook, severityRank, StateMark } from "../ui/StateMark";
import styles from "./Checks.module.css";

/** What guidelines forbid, and what the traffic says about it. */
export function Checks({ report, group }: { report: AdviceReport; group?: string }) {
  const found = report.findings.filter((it) => group === undefined || it.group_id === group);
  if (found.length === 0) return null;
  return (
    <Panel title={`Checks: ${found.length}`}>
      <CheckList checks={found} isGroupShown={group === undefined} />
    </Panel>
  );
}

export interface CheckListProps {
  checks: readonly AdviceCheck[];
  isGroupShown: boolean;
}

/** Checks that failed, worst first. */
export function CheckList({ checks, isGroupShown }: CheckListProps) {
  const sorted = checks.toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity));
  return (
    <ul className={styles.checks}>
      {sorted.map((it) => (
        <li key={`${it.group_id} ${it.rule_id ?? ""} ${it.title}`}>
          <StateMark {...severityLook(it.severity)} />
          <span className={styles.what}>
            <b>{sentence(it.title)}</b>
            <span className="muted">{sentence(it.why)}</span>
          </span>
          {isGroupShown && <GroupLink id={it.group_id} />}
        </li>
      ))}
    </ul>
  );
}

/** What is rejected inside again and again: a rule is probably missing. */
export function Missing({ report, group }: { report: AdviceReport; group?: string }) {
  const missing = report.missing.filter((it) => group === undefined || it.group_id === group);
  if (missing.length === 0) return null;
  return (
    <Panel title={`Perhaps missing: ${missing.length}`}>
      <ul className={styles.checks}>
        {missing.map((it) => (
          <li key={`${it.group_id} ${it.text}`}>
            <StateMark shape="cross" look="warn" word={`${exact(it.n_attempts)} rejected`} />
            <span className={styles.what}>
              <b className="mono">{it.text}</b>
              <span className="muted">{it.reason}</span>
            </span>
            {group === undefined && <GroupLink id={it.group_id} />}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** A group is looked at where its rules are. */
function GroupLink({ id }: { id: string }) {
  const question = useQuestion();
  const { nameOf } = useValueActions();
  return (
    <Link
      to="/groups/$id"
      params={{ id }}
      search={writeQuestion(question)}
      className={styles.group}
      title={id}
    >
      {nameOf(id) ?? id}
    </Link>
  );
}
