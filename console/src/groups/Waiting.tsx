// Advice that is not there: being made, or impossible, and what helps.
import type { AdviceAnswer } from "../api/types";
import { Skeleton } from "../ui/Skeleton";
import { Prose } from "../ui/Prose";
import { EmptyState, Notice, sentence } from "../ui/State";

/** Null once there is a report. */
export function Waiting({ answer }: { answer: AdviceAnswer }) {
  if (answer.state === "unavailable") {
    return (
      <EmptyState icon="groups" title="No advice yet">
        {answer.reason === null ? (
          <p>
            Give the lake an inventory: <code>tidegate inventory sync</code>
          </p>
        ) : (
          <p>
            <Prose text={sentence(answer.reason)} />
          </p>
        )}
      </EmptyState>
    );
  }
  if (answer.report !== null) return null;
  return (
    <>
      <Notice look="info">
        {answer.progress ?? "Every rule is held against the records. This can take minutes"}
      </Notice>
      <Skeleton lines={10} />
    </>
  );
}
