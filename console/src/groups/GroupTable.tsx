// All security groups, those with something to do first.
import { Link } from "@tanstack/react-router";

import type { AdvisedGroup, AdvisedRule } from "../api/types";
import { exact } from "../lib/units";
import { useQuestion } from "../state/question";
import { writeQuestion } from "../state/search";
import { EntityRef } from "../ui/EntityRef";
import { StateMark } from "../ui/StateMark";
import { groupLook, isProposed } from "./words";
import styles from "./GroupTable.module.css";

export interface GroupTableProps {
  groups: readonly AdvisedGroup[];
  rules: readonly AdvisedRule[];
}

export function GroupTable({ groups, rules }: GroupTableProps) {
  const question = useQuestion();
  const tallies = tallyOf(rules);
  const sorted = groups.toSorted((a, b) => {
    const more = (tallies.get(b.id)?.nProposed ?? 0) - (tallies.get(a.id)?.nProposed ?? 0);
    return more || a.name.localeCompare(b.name);
  });
  return (
    <table className={styles.groups} aria-label="Security groups">
      <thead>
        <tr>
          <th scope="col">Group</th>
          <th scope="col">Verdict</th>
          <th scope="col">Why</th>
          <th scope="col" className="number">
            Interfaces
          </th>
          <th scope="col" className="number">
            Rules
          </th>
          <th scope="col" className="number">
            Unused
          </th>
          <th scope="col" className="number">
            Proposed
          </th>
          <th scope="col">VPC</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((group) => {
          const tally = tallies.get(group.id);
          return (
            <tr key={group.id}>
              <td>
                <Link
                  to="/groups/$id"
                  params={{ id: group.id }}
                  search={writeQuestion(question)}
                  className={styles.name}
                >
                  {group.name}
                </Link>
                <span className={styles.id}>{group.id}</span>
              </td>
              <td>
                <StateMark {...groupLook(group.verdict)} />
              </td>
              <td className={styles.why} title={group.reason}>
                {group.reason}
              </td>
              <td className="number">{exact(group.n_members)}</td>
              <td className="number">{exact(group.n_rules)}</td>
              <td className="number">{zero(tally?.nUnused)}</td>
              <td className="number">{zero(tally?.nProposed)}</td>
              <td>{group.vpc_id && <EntityRef kind="vpc" id={group.vpc_id} />}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Nothing to do is no number. */
function zero(count: number | undefined) {
  return count === undefined || count === 0 ? <span className="muted">0</span> : <b>{count}</b>;
}

interface Tally {
  nUnused: number;
  nProposed: number;
}

function tallyOf(rules: readonly AdvisedRule[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const rule of rules) {
    const tally = tallies.get(rule.group_id) ?? { nUnused: 0, nProposed: 0 };
    if (rule.verdict === "unused") tally.nUnused += 1;
    if (isProposed(rule)) tally.nProposed += 1;
    tallies.set(rule.group_id, tally);
  }
  return tallies;
}
