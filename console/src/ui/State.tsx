// The designed states: nothing there, went wrong, and a notice above what is shown all the same.
import type { ReactNode } from "react";

import type { Problem } from "../api/types";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";
import { Prose } from "./Prose";
import styles from "./State.module.css";

export interface EmptyStateProps {
  icon?: IconName;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

/** Nothing to show, why, and what to do about it. */
export function EmptyState({ icon = "info", title, children, actions }: EmptyStateProps) {
  return (
    <div className={styles.state}>
      <Icon name={icon} size={20} />
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.text}>{children}</div>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

export interface ErrorStateProps {
  problem: Problem;
  onRetry?: () => void;
}

/** What went wrong, why, and the hint. */
export function ErrorState({ problem, onRetry }: ErrorStateProps) {
  return (
    <div className={styles.state} role="alert">
      <Icon name="warning" size={20} />
      <p className={styles.title}>
        <Prose text={sentence(problem.message)} />
      </p>
      {problem.hint && (
        <p className={styles.text}>
          <Prose text={sentence(problem.hint)} />
        </p>
      )}
      {problem.causes.length > 0 && (
        <details className={styles.causes}>
          <summary>Causes</summary>
          <ol>
            {problem.causes.map((it) => (
              <li key={it}>{it}</li>
            ))}
          </ol>
        </details>
      )}
      {onRetry && (
        <div className={styles.actions}>
          <Button onClick={onRetry}>Try again</Button>
        </div>
      )}
    </div>
  );
}

export interface NoticeProps {
  look: "info" | "warn" | "bad";
  children: ReactNode;
  actions?: ReactNode;
}

/** One line above something that is shown all the same: partial, stale, connection lost. */
export function Notice({ look, children, actions }: NoticeProps) {
  return (
    <div className={styles.notice} data-look={look} role="status">
      <Icon name={look === "info" ? "info" : "warning"} />
      <span className={styles.noticeText}>{children}</span>
      {actions}
    </div>
  );
}

/** The text with a capital at its head, as a title begins. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
