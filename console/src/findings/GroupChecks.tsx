// What guidelines forbid, found in the rules of security groups. It is part of their advice.
import { Link } from "@tanstack/react-router";

import type { AdviceAnswer } from "../api/types";
import { CheckList } from "../groups/Checks";
import { Waiting } from "../groups/Waiting";
import { useAdvice } from "../routes/useAdvice";
import { useQuestion } from "../state/question";
import { writeQuestion } from "../state/search";
import { Answer } from "../ui/Answer";
import { Panel } from "../ui/Panel";
import { EmptyState } from "../ui/State";
import { severityRank } from "../ui/StateMark";

const HEIGHT = 240;

export interface GroupChecksProps {
  /** The least that is shown, or `all`. */
  severity: string;
}

export function GroupChecks({ severity }: GroupChecksProps) {
  const { days, answer } = useAdvice();
  const question = useQuestion();
  return (
    <Panel
      title="Security groups"
      tools={
        <>
          <span className="muted">rules and traffic of {days} days</span>
          <Link to="/groups" search={writeQuestion(question)}>
            All groups
          </Link>
        </>
      }
    >
      <Answer query={answer} height={HEIGHT} lines={6}>
        {(advice) => <Found advice={advice} severity={severity} />}
      </Answer>
    </Panel>
  );
}

function Found({ advice, severity }: { advice: AdviceAnswer; severity: string }) {
  if (advice.report === null) return <Waiting answer={advice} />;
  const least = severity === "all" ? 0 : severityRank(severity);
  const checks = advice.report.findings.filter((it) => severityRank(it.severity) >= least);
  return checks.length === 0 ? (
    <EmptyState icon="check" title="No rule of a group breaks a guideline" />
  ) : (
    <CheckList checks={checks} isGroupShown />
  );
}
