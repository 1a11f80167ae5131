// An answer in any of its states: on its way, there, old while the next is on its way, refused.

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { problemFrom } from "../api/client";
import type { Cost, Problem } from "../api/types";
import { bytesShort, countShort } from "../lib/units";
import styles from "./Answer.module.css";
import { Button } from "./Button";
import { classes } from "./classes";
import { Icon } from "./Icon";
import { Skeleton } from "./Skeleton";
import { ErrorState, Notice, sentence } from "./State";

export interface AnswerProps<Data> {
  query: UseQueryResult<Data>;
  /** The height that the answer will have, so that nothing jumps. */
  height: number;
  lines?: number;
  /** Asks again and reads however much it is. */
  onConfirm?: () => void;
  children: (data: Data) => ReactNode;
}

export function Answer<Data>({ query, height, lines, onConfirm, children }: AnswerProps<Data>) {
  const { data, error, isPlaceholderData } = query;
  if (error && (data === undefined || isPlaceholderData)) {
    const problem = problemFrom(error);
    if (problem.code === "too_large" && onConfirm) {
      return <CostGuard problem={problem} onConfirm={onConfirm} />;
    }
    return <ErrorState problem={problem} onRetry={() => void query.refetch()} />;
  }
  if (data === undefined) return <Skeleton height={height} lines={lines ?? 1} />;
  return (
    <div
      className={classes(styles.answer, isPlaceholderData && styles.old)}
      aria-busy={isPlaceholderData}
    >
      {error && (
        <Notice look="warn">
          {sentence(problemFrom(error).message)}: shown is what was read before
        </Notice>
      )}
      {children(data)}
    </div>
  );
}

/** Before a large scan: what it would read, and the choice. */
export function CostGuard({ problem, onConfirm }: { problem: Problem; onConfirm: () => void }) {
  const { cost } = problem;
  return (
    <div className={styles.guard} role="alert">
      <Icon name="warning" size={20} />
      <p className={styles.title}>{sentence(problem.message)}</p>
      {cost && (
        <p>
          It would read {countShort(cost.n_files)} files, {countShort(cost.n_rows)} rows,{" "}
          {bytesShort(cost.n_bytes)}
        </p>
      )}
      <p>
        {problem.hint ? sentence(problem.hint) : "A shorter window or a narrower filter reads less"}
      </p>
      <Button onClick={onConfirm}>Read it all the same</Button>
    </div>
  );
}

/** What an answer left out or could not be sure of. */
export function Warnings({ cost }: { cost: Cost }) {
  return cost.warnings.map((it) => (
    <Notice key={it} look="warn">
      {sentence(it)}
    </Notice>
  ));
}
