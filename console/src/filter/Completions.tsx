// The list of completions under the word that is typed.
import type { Completion } from "../api/types";
import { countShort } from "../lib/units";
import styles from "./FilterEditor.module.css";

export interface CompletionsProps {
  id: string;
  items: Completion[];
  chosen: number;
  /** Where the word begins, in letters from the head of the text. */
  start: number;
  onTake: (item: Completion) => void;
}

/** Letters after which the list no longer moves to the right: it must stay on the screen. */
const OFFSET_MAX = 60;

export function Completions({ id, items, chosen, start, onTake }: CompletionsProps) {
  return (
    <div
      id={`${id}list`}
      role="listbox"
      aria-label="Completions"
      className={styles.list}
      style={{ left: `${Math.min(start, OFFSET_MAX)}ch` }}
    >
      {items.map((it, index) => (
        // The editor keeps the focus and has the keys; see `aria-activedescendant`.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <div
          key={`${it.kind} ${it.insert}`}
          id={`${id}${index}`}
          ref={index === chosen ? show : undefined}
          role="option"
          aria-selected={index === chosen}
          className={styles.option}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(it)}
        >
          <span className={styles[it.kind]}>{it.label}</span>
          <span className={styles.doc}>{it.doc}</span>
          {it.n_flows !== null && <span className={styles.count}>{countShort(it.n_flows)}</span>}
        </div>
      ))}
    </div>
  );
}

function show(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
