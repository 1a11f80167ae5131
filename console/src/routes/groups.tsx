// Security groups: which rules are used, and what to make of the rest. Nothing is applied.
import { useMemo } from "react";

import type { AdviceReport } from "../api/types";
import { AdviceFrame } from "../groups/AdviceFrame";
import { Checks, Missing } from "../groups/Checks";
import { GroupTable } from "../groups/GroupTable";
import { Plan } from "../groups/Plan";
import { ReplayLine } from "../groups/ReplayLine";
import { plural } from "../lib/plural";
import { useOwn } from "../state/own";
import { Panel } from "../ui/Panel";
import { EmptyState, Notice, sentence } from "../ui/State";
import styles from "./groups.module.css";

const HEAD = {
  title: "Security groups",
  subtitle: "What each rule was used for, by the records. Nothing is applied from here",
};

export function GroupsPage() {
  return <AdviceFrame head={() => HEAD}>{(report) => <Report report={report} />}</AdviceFrame>;
}

function Report({ report }: { report: AdviceReport }) {
  const [wanted, setWanted] = useOwn("find", "");
  const word = wanted.trim().toLowerCase();
  const groups = useMemo(() => {
    return report.groups.filter((it) => {
      return `${it.name} ${it.id} ${it.vpc_id ?? ""}`.toLowerCase().includes(word);
    });
  }, [report.groups, word]);
  return (
    <>
      {report.warnings.map((it) => (
        <Notice key={it} look="warn">
          {sentence(it)}
        </Notice>
      ))}
      {report.replay && <ReplayLine replay={report.replay} window={report.window} />}
      <Panel
        title={`${plural(report.groups.length, "group")}, ${plural(report.rules.length, "rule")}`}
        tools={
          <input
            type="search"
            className={styles.find}
            aria-label="Find a group"
            placeholder="Find a group"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        }
      >
        <div className={styles.scroll}>
          <GroupTable groups={groups} rules={report.rules} />
        </div>
        {groups.length === 0 && (
          <EmptyState
            title={word === "" ? "The inventory has no groups" : "No group is called so"}
          />
        )}
      </Panel>
      <Checks report={report} />
      <Missing report={report} />
      <Plan />
    </>
  );
}
