// Security groups: which rules are used, and what to make of the rest. Nothing is applied.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { problemFrom } from "../api/client";
import { adviceText } from "../api/emit";
import type { AdviceForm } from "../api/emit";
import type { AdviceReport } from "../api/types";
import { GroupTable } from "../groups/GroupTable";
import { ReplayLine } from "../groups/ReplayLine";
import { Waiting } from "../groups/Waiting";
import { download } from "../lib/download";
import { timeShort } from "../lib/time";
import { plural } from "../lib/plural";
import { exact } from "../lib/units";
import { among, useOwn } from "../state/own";
import { useQuestion } from "../state/question";
import { CodePanel } from "../ui/CodePanel";
import type { CodeForm } from "../ui/CodePanel";
import { EntityRef } from "../ui/EntityRef";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { Select } from "../ui/Select";
import { Skeleton } from "../ui/Skeleton";
import { EmptyState, ErrorState, Notice, sentence } from "../ui/State";
import { severityLook, severityRank, StateMark } from "../ui/StateMark";
import styles from "./groups.module.css";
import { DAYS, useAdvice, useDays } from "./useAdvice";

export const ADVICE_FORMS: readonly CodeForm<AdviceForm>[] = [
  { id: "cli", label: "AWS CLI", file: "change.sh" },
  { id: "terraform", label: "Terraform", file: "change.tf" },
  { id: "cloudformation", label: "CloudFormation", file: "change.yaml" },
  { id: "rollback", label: "Way back", file: "rollback.sh" },
  { id: "plan", label: "Plan", file: "plan.json" },
];

export function GroupsPage() {
  const { days, setDays, answer } = useAdvice();
  const question = useQuestion();
  const report = answer.data?.report ?? null;
  return (
    <div className={styles.page}>
      <PageHead
        title="Security groups"
        subtitle="What each rule was used for, by the records. Nothing is applied from here"
        tools={
          <>
            {report && (
              <span className="muted">made {timeShort(new Date(report.made_at), question.tz)}</span>
            )}
            <Select
              label="Window"
              value={days}
              options={DAYS.map((it) => ({ value: it, label: `${it} days` }))}
              onChange={setDays}
            />
          </>
        }
      />
      {answer.isPending && <Skeleton lines={12} />}
      {answer.error && (
        <ErrorState problem={problemFrom(answer.error)} onRetry={() => void answer.refetch()} />
      )}
      {answer.data && <Waiting answer={answer.data} />}
      {report && <Report report={report} />}
    </div>
  );
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

/** What guidelines forbid, and what the traffic says about it. */
export function Checks({ report, group }: { report: AdviceReport; group?: string }) {
  const found = report.findings.filter((it) => group === undefined || it.group_id === group);
  if (found.length === 0) return null;
  const sorted = found.toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity));
  return (
    <Panel title={`Checks: ${found.length}`}>
      <ul className={styles.checks}>
        {sorted.map((it) => (
          <li key={`${it.group_id} ${it.rule_id ?? ""} ${it.title}`}>
            <StateMark {...severityLook(it.severity)} />
            <span className={styles.what}>
              <b>{sentence(it.title)}</b>
              <span className="muted">{sentence(it.why)}</span>
            </span>
            {group === undefined && <EntityRef kind="security-group" id={it.group_id} />}
          </li>
        ))}
      </ul>
    </Panel>
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
              <span className="muted">{sentence(it.reason)}</span>
            </span>
            {group === undefined && <EntityRef kind="security-group" id={it.group_id} />}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The change as text, for all groups or for one. */
export function Plan({ group }: { group?: string }) {
  const days = useDays();
  const [said, setForm] = useOwn("form", "cli");
  const form = among(
    ADVICE_FORMS.map((it) => it.id),
    said,
  );
  const text = useQuery(
    adviceText({ form, days, isReady: true, ...(group === undefined ? {} : { group }) }),
  );
  if (text.error) {
    return <ErrorState problem={problemFrom(text.error)} onRetry={() => void text.refetch()} />;
  }
  return (
    <CodePanel
      title="The change, for you to run"
      forms={ADVICE_FORMS}
      form={form}
      text={text.data ?? null}
      onForm={setForm}
      onDownload={(content, file) => download(new Blob([content]), file)}
    />
  );
}
