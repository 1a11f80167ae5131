// Findings: what rules found, and what stands out without a rule: spikes of rejected traffic.
import { useQuery } from "@tanstack/react-query";

import { findings, spikes } from "../api/queries";
import { GroupChecks } from "../findings/GroupChecks";
import { FindingList } from "../findings/FindingList";
import { SpikeTable } from "../findings/SpikeTable";
import { among, useOwn } from "../state/own";
import { useQuestion } from "../state/question";
import { Answer, Warnings } from "../ui/Answer";
import { CostLine } from "../ui/CostLine";
import { Drill } from "../ui/Drill";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { Select } from "../ui/Select";
import { EmptyState } from "../ui/State";
import styles from "./findings.module.css";

const SEVERITIES = ["all", "low", "medium", "high", "critical"] as const;

export function FindingsPage() {
  const { from, until, tz } = useQuestion();
  const [said, setSeverity] = useOwn("severity", "all");
  const severity = among(SEVERITIES, said);
  const found = useQuery(findings({ from, until, ...(severity === "all" ? {} : { severity }) }));
  const spiked = useQuery(spikes({ q: "", from, until, action: "REJECT" }));
  return (
    <div className={styles.page}>
      <PageHead
        title="Findings"
        subtitle="What stands out in the window, worst first"
        tools={
          <Select
            label="Severity from"
            value={severity}
            options={SEVERITIES.map((it) => ({ value: it, label: it }))}
            onChange={setSeverity}
          />
        }
      />
      <Panel title="Detections">
        <Answer query={found} height={120} lines={3}>
          {(answer) =>
            answer.findings.length === 0 ? (
              <p className={styles.none}>
                No detection rules yet: nothing is looked for here, so an empty list does not mean
                that nothing happened
              </p>
            ) : (
              <FindingList found={answer.findings} zone={tz} />
            )
          }
        </Answer>
      </Panel>
      <Panel
        title="Spikes of rejected traffic"
        tools={
          <>
            {spiked.data && <CostLine cost={spiked.data.cost} />}
            <Drill to="/explore" patch={{ q: "action = REJECT", metric: "flows" }}>
              All rejected
            </Drill>
          </>
        }
      >
        <Answer query={spiked} height={160} lines={4}>
          {(answer) => (
            <>
              <Warnings cost={answer.cost} />
              {answer.spikes.length === 0 ? (
                <EmptyState title="No hour of the window stands out">
                  Rejected records are as many as they usually are at these hours
                </EmptyState>
              ) : (
                <SpikeTable spikes={answer.spikes} zone={tz} />
              )}
            </>
          )}
        </Answer>
      </Panel>
      <GroupChecks severity={severity} />
    </div>
  );
}
