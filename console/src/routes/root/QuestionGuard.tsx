// What stands before a page, said once and not by each of its panels: a lake without records, a filter
// that cannot be read; and where the window has no records, the way to those that there are.

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { problemFrom } from "../../api/client";
import * as queries from "../../api/queries";
import type { Problem, Status } from "../../api/types";
import { instantOf, type Instants, rfc3339, timeShort } from "../../lib/time";
import { useChange, useQuestion } from "../../state/question";
import type { Question } from "../../state/search";
import { Button } from "../../ui/Button";
import { Prose } from "../../ui/Prose";
import { EmptyState, Notice, sentence } from "../../ui/State";
import { useNow } from "./live";
import styles from "./QuestionGuard.module.css";

export interface QuestionGuardProps {
  /** How much of the question the page shows. */
  form: "full" | "window" | "none";
  status: Status | null;
  children: ReactNode;
}

export function QuestionGuard({ form, status, children }: QuestionGuardProps) {
  const question = useQuestion();
  const now = useNow();
  const filter = useQuery({ ...queries.filter(question.q), enabled: form === "full" });
  const problem = filter.error && problemFrom(filter.error);
  if (form === "full" && problem?.code === "filter") {
    return <BrokenFilter question={question} problem={problem} />;
  }
  if (form !== "none" && status?.n_rows === 0) return <EmptyLake />;
  const held = form === "none" ? null : heldOutside(question, status, now);
  return (
    <>
      {held && <OtherTimes held={held} question={question} now={now} />}
      {children}
    </>
  );
}

function EmptyLake() {
  return (
    <EmptyState icon="flows" title="No records yet">
      <code>tidegate collect</code> reads flow logs into this lake,{" "}
      <code>tidegate serve SOURCE</code> keeps doing so, and <code>tidegate demo</code> makes a
      world to look at
    </EmptyState>
  );
}

function BrokenFilter({ question, problem }: { question: Question; problem: Problem }) {
  const change = useChange();
  const { q } = question;
  const { span, suggestions } = problem;
  const mended = (word: string) =>
    span === null ? word : `${q.slice(0, span.start)}${word}${q.slice(span.end)}`;
  return (
    <div role="alert">
      <EmptyState
        icon="filter"
        title="The filter cannot be read"
        actions={
          <>
            {suggestions.map((it) => (
              <Button key={it} onClick={() => change({ q: mended(it) })}>
                {mended(it)}
              </Button>
            ))}
            <Button look="plain" onClick={() => change({ q: "", off: [] })}>
              Clear the filter
            </Button>
          </>
        }
      >
        <p>
          <code className={styles.filter}>
            {span === null ? (
              q
            ) : (
              <>
                {q.slice(0, span.start)}
                <mark>{q.slice(span.start, span.end) || "\u2009\u2026\u2009"}</mark>
                {q.slice(span.end)}
              </>
            )}
          </code>
        </p>
        <p>
          <Prose text={sentence(problem.message)} />
        </p>
        {problem.hint && (
          <p>
            <Prose text={sentence(problem.hint)} />
          </p>
        )}
      </EmptyState>
    </div>
  );
}

/** A day, in milliseconds: what is shown of the times that the lake has. */
const DAY_MS = 86_400_000;

interface OtherTimesProps {
  held: Instants;
  question: Question;
  now: Date;
}

function OtherTimes({ held, question, now }: OtherTimesProps) {
  const change = useChange();
  const { tz } = question;
  const from = new Date(Math.max(held.from.getTime(), held.until.getTime() - DAY_MS));
  return (
    <div className={styles.notice}>
      <Notice
        look="info"
        actions={
          <Button
            onClick={() =>
              change({ from: rfc3339(from), until: rfc3339(held.until), inside: null })
            }
          >
            Show its last day
          </Button>
        }
      >
        The lake has no records in this window. It has{" "}
        <strong>
          {timeShort(held.from, tz, now)} – {timeShort(held.until, tz, now)}
        </strong>
      </Notice>
    </div>
  );
}

/** The times that the lake has records of, if none of them are in the window. */
function heldOutside(question: Question, status: Status | null, now: Date): Instants | null {
  if (!status?.oldest || !status.newest) return null;
  const from = instantOf(question.from, now);
  const until = instantOf(question.until, now);
  if (from === null || until === null) return null;
  // Windows are half-open: a second later, so that the newest record is in.
  const held = {
    from: new Date(status.oldest),
    until: new Date(Date.parse(status.newest) + 1000),
  };
  const meets = from < held.until && held.from < until;
  return meets ? null : held;
}
