// A link to the page of an entity; the window of the question goes along, its filter does not.
import { Link } from "@tanstack/react-router";

import { middle } from "../lib/text";
import { useQuestion } from "../state/question";
import { writeQuestion } from "../state/search";
import { useValueActions } from "../state/valueActions";
import styles from "./EntityRef.module.css";

export interface EntityRefProps {
  kind: string;
  id: string;
  /** Other words than its name, or its id if nobody named it. */
  label?: string;
  most?: number;
}

export function EntityRef({ kind, id, label, most = 32 }: EntityRefProps) {
  const question = useQuestion();
  const { nameOf } = useValueActions();
  const words = label ?? nameOf(id) ?? id;
  const shown = middle(words, most);
  return (
    <Link
      to="/entity/$kind/$id"
      params={{ kind, id }}
      search={writeQuestion({ ...question, inside: null })}
      className={words === id ? styles.id : undefined}
      title={shown === id ? undefined : id}
    >
      {shown}
    </Link>
  );
}
