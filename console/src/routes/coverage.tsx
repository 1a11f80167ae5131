// Coverage: who logs what, where the gaps are, and the plan that closes them.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { problemFrom } from "../api/client";
import { coverageText } from "../api/emit";
import type { CoverageForm } from "../api/emit";
import { coverage } from "../api/queries";
import type { CoverageAnswer } from "../api/types";
import { CoverageTree } from "../coverage/CoverageTree";
import { FlowLogTable } from "../coverage/FlowLogTable";
import { SummaryBar } from "../coverage/SummaryBar";
import { STATE_NAMES, STATES } from "../coverage/words";
import { download } from "../lib/download";
import { timeShort } from "../lib/time";
import { exact } from "../lib/units";
import { among, useOwn } from "../state/own";
import { useQuestion } from "../state/question";
import { CodePanel } from "../ui/CodePanel";
import type { CodeForm } from "../ui/CodePanel";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { Skeleton } from "../ui/Skeleton";
import { EmptyState, ErrorState } from "../ui/State";
import { StateMark } from "../ui/StateMark";
import styles from "./coverage.module.css";

const FORMS: readonly CodeForm<CoverageForm>[] = [
  { id: "cli", label: "AWS CLI", file: "flow-logs.sh" },
  { id: "terraform", label: "Terraform", file: "flow-logs.tf" },
  { id: "cloudformation", label: "CloudFormation", file: "flow-logs.yaml" },
];

export function CoveragePage() {
  const answer = useQuery(coverage());
  const question = useQuestion();
  const at = answer.data?.inventory_at ?? null;
  return (
    <div className={styles.page}>
      <PageHead
        title="Coverage"
        subtitle="Which VPCs, subnets and interfaces have flow logs, and whether these arrive"
        tools={
          at && <span className="muted">inventory of {timeShort(new Date(at), question.tz)}</span>
        }
      />
      {answer.isPending && <Skeleton lines={12} />}
      {answer.error && (
        <ErrorState problem={problemFrom(answer.error)} onRetry={() => void answer.refetch()} />
      )}
      {answer.data?.state === "unavailable" && (
        <EmptyState icon="coverage" title="Coverage is not known yet">
          <p>{answer.data.reason ?? "The lake has no inventory"}</p>
          <p>
            Give the lake an inventory: <code>tidegate inventory sync</code>
          </p>
        </EmptyState>
      )}
      {answer.data?.state === "ready" && <Ready answer={answer.data} />}
    </div>
  );
}

function Ready({ answer }: { answer: CoverageAnswer }) {
  const { tz } = useQuestion();
  const [word, setWord] = useOwn("find", "");
  const [said, setStates] = useOwn("states", "");
  const states = useMemo(() => new Set(said.split(",").filter((it) => it !== "")), [said]);
  const toggle = (state: string) => {
    const next = new Set(states);
    if (!next.delete(state)) next.add(state);
    setStates([...next].join(","));
  };
  return (
    <>
      {answer.summary && <SummaryBar summary={answer.summary} />}
      <Panel
        title="Places"
        tools={
          <>
            <div className={styles.states} role="group" aria-label="States that are shown">
              {STATE_NAMES.map((state) => {
                const count = answer.resources.filter((it) => it.state === state).length;
                return (
                  <button
                    key={state}
                    type="button"
                    aria-pressed={states.has(state)}
                    disabled={count === 0}
                    onClick={() => toggle(state)}
                  >
                    <StateMark {...STATES[state]} /> {exact(count)}
                  </button>
                );
              })}
            </div>
            <input
              type="search"
              className={styles.find}
              aria-label="Find a place"
              placeholder="Find a place"
              value={word}
              onChange={(event) => setWord(event.target.value)}
            />
          </>
        }
      >
        <CoverageTree resources={answer.resources} states={states} word={word} zone={tz} />
      </Panel>
      <Panel title={`Flow logs: ${exact(answer.flow_logs.length)}`}>
        <FlowLogTable logs={answer.flow_logs} zone={tz} />
      </Panel>
      <Plan />
    </>
  );
}

function Plan() {
  const [said, setForm] = useOwn("form", "cli");
  const form = among(
    FORMS.map((it) => it.id),
    said,
  );
  const text = useQuery(coverageText({ form, isReady: true }));
  if (text.error) {
    return <ErrorState problem={problemFrom(text.error)} onRetry={() => void text.refetch()} />;
  }
  return (
    <CodePanel
      title="Close the gaps, for you to run"
      forms={FORMS}
      form={form}
      text={text.data ?? null}
      onForm={setForm}
      onDownload={(content, file) => download(new Blob([content]), file)}
    />
  );
}
