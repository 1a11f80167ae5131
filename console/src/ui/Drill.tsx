// A way from a number to what it counts: filter and window go along, always.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useQuestion } from "../state/question";
import { writeQuestion } from "../state/search";
import type { Question } from "../state/search";

export interface DrillProps {
  to: "/explore" | "/flows";
  /** What is different from the question that is shown. */
  patch: Partial<Question>;
  children: ReactNode;
  className?: string | undefined;
  title?: string;
}

export function Drill({ to, patch, children, className, title }: DrillProps) {
  const question = useQuestion();
  return (
    <Link
      to={to}
      search={writeQuestion({ ...question, inside: null, ...patch })}
      className={className}
      title={title}
    >
      {children}
    </Link>
  );
}
