// One security group: its rules with hits and last use, the proposal, and the proof.
import { Link, useParams } from "@tanstack/react-router";

import type { AdvisedGroup, AdviceReport } from "../api/types";
import { AdviceFrame } from "../groups/AdviceFrame";
import { Checks, Missing } from "../groups/Checks";
import { Plan } from "../groups/Plan";
import { ReplayLine } from "../groups/ReplayLine";
import { RuleTable } from "../groups/RuleTable";
import { groupLook, isProposed } from "../groups/words";
import { plural } from "../lib/plural";
import { useOwn } from "../state/own";
import { useQuestion } from "../state/question";
import { writeQuestion } from "../state/search";
import { CopyButton } from "../ui/CopyButton";
import { EntityRef } from "../ui/EntityRef";
import { Panel } from "../ui/Panel";
import { EmptyState, Notice } from "../ui/State";
import { StateMark } from "../ui/StateMark";
import styles from "./groups.module.css";

export function GroupPage() {
  const { id = "" } = useParams({ strict: false });
  const question = useQuestion();
  return (
    <AdviceFrame
      head={(report) => headOf(report, id)}
      tools={
        <Link to="/groups" search={writeQuestion(question)}>
          All groups
        </Link>
      }
    >
      {(report) => {
        const group = groupOf(report, id);
        return group ? (
          <OneGroup report={report} group={group} />
        ) : (
          <EmptyState icon="search" title="The inventory has no such group">
            {id}
          </EmptyState>
        );
      }}
    </AdviceFrame>
  );
}

function groupOf(report: AdviceReport | null, id: string): AdvisedGroup | undefined {
  return report?.groups.find((it) => it.id === id);
}

function headOf(report: AdviceReport | null, id: string) {
  const group = groupOf(report, id);
  return { title: group?.name ?? id, subtitle: group && <About group={group} /> };
}

function About({ group }: { group: AdvisedGroup }) {
  return (
    <span className={styles.about}>
      <span className="mono">{group.id}</span>
      <CopyButton text={group.id} what="group id" />
      <StateMark {...groupLook(group.verdict)} />
      <span>{group.reason}</span>
    </span>
  );
}

function OneGroup({ report, group }: { report: AdviceReport; group: AdvisedGroup }) {
  const question = useQuestion();
  const [open, setOpen] = useOwn("rule", "");
  const rules = report.rules.filter((it) => it.group_id === group.id);
  const nProposed = rules.filter(isProposed).length;
  return (
    <>
      {report.replay && nProposed > 0 && (
        <ReplayLine replay={report.replay} window={report.window} />
      )}
      {nProposed === 0 && (
        <Notice look="info">Nothing is proposed for this group in this window</Notice>
      )}
      <Panel
        title={plural(rules.length, "rule")}
        tools={<EntityRef kind="security-group" id={group.id} label="Traffic of the group" />}
      >
        {rules.length === 0 ? (
          <EmptyState title="The group has no rules">It admits nothing</EmptyState>
        ) : (
          <div className={styles.scroll}>
            <RuleTable
              rules={rules}
              window={report.window}
              zone={question.tz}
              open={open}
              onOpen={setOpen}
            />
          </div>
        )}
      </Panel>
      <Checks report={report} group={group.id} />
      <Missing report={report} group={group.id} />
      {nProposed > 0 && <Plan group={group.id} />}
    </>
  );
}
