// The frame of pages that are made from advice: its head, its window, and its states.
import type { ReactNode } from "react";

import { problemFrom } from "../api/client";
import type { AdviceReport } from "../api/types";
import { timeShort } from "../lib/time";
import { DAYS, useAdvice } from "../routes/useAdvice";
import { useQuestion } from "../state/question";
import { PageHead } from "../ui/PageHead";
import { Select } from "../ui/Select";
import { Skeleton } from "../ui/Skeleton";
import { ErrorState } from "../ui/State";
import styles from "./AdviceFrame.module.css";
import { Waiting } from "./Waiting";

export interface AdviceFrameProps {
  /** Null while there is no report. */
  head: (report: AdviceReport | null) => { title: ReactNode; subtitle: ReactNode };
  tools?: ReactNode;
  children: (report: AdviceReport) => ReactNode;
}

export function AdviceFrame({ head, tools, children }: AdviceFrameProps) {
  const { days, setDays, answer } = useAdvice();
  const { tz } = useQuestion();
  const report = answer.data?.report ?? null;
  return (
    <div className={styles.page}>
      <PageHead
        {...head(report)}
        tools={
          <>
            {report && (
              <span className="muted">made {timeShort(new Date(report.made_at), tz)}</span>
            )}
            {tools}
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
      {report && children(report)}
    </div>
  );
}
