// A value of a field: click filters, Alt-click excludes, the context menu has the rest.

import { type KeyboardEvent, type MouseEvent, useContext } from "react";

import { middle, wordOf } from "../lib/text";
import { type FieldValue, useValueActions, ValueScopeContext } from "../state/valueActions";
import { classes } from "./classes";
import { Icon } from "./Icon";
import styles from "./Value.module.css";

export interface ValueProps {
  field: string;
  value: FieldValue;
  /** The words to show, if not the value's own. */
  label?: string;
  /** Longest text that is not cut in its middle. */
  most?: number;
  className?: string;
}

/** Fields whose values are read letter by letter. */
const MONO = /addr|_id|_ids|^interface|^eni|cidr|port$/;

/** A value that can be picked. */
export function Value({ field, value, label, most = 28, className }: ValueProps) {
  const actions = useValueActions();
  const scope = useContext(ValueScopeContext);
  const picked = { field, value, scope };
  const called = actions.nameOf(value);
  const words = label ?? called ?? wordOf(field, value);
  const shown = middle(words, most);
  const note = actions.noteOf(field, value);
  const pick = (event: MouseEvent) => {
    event.stopPropagation();
    if (event.altKey) actions.exclude(picked);
    else actions.include(picked);
  };
  const menu = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
    actions.openMenu({ x: event.clientX, y: event.clientY }, picked);
  };
  const key = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "x") actions.exclude(picked);
    else if (event.key === "ArrowDown" && event.altKey) openBelow(event.currentTarget);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const openBelow = (element: HTMLElement) => {
    const { left, bottom } = element.getBoundingClientRect();
    actions.openMenu({ x: left, y: bottom }, picked);
  };
  return (
    <span className={classes(styles.value, className)}>
      <button
        type="button"
        className={classes(
          styles.text,
          called === null && MONO.test(field) && styles.mono,
          isNone(value) && styles.none,
        )}
        title={`${field} = ${String(value ?? "none")}`}
        onClick={pick}
        onContextMenu={menu}
        onKeyDown={key}
      >
        {shown}
      </button>
      {note && (
        <span className={styles.note} data-tag={note.tag} title={`${note.tag}: ${note.text}`}>
          <Icon name="note" size={12} />
          <span className="visually-hidden">
            {note.tag}: {note.text}
          </span>
        </span>
      )}
      <button
        type="button"
        tabIndex={-1}
        aria-label={`Actions for ${words}`}
        className={styles.more}
        onClick={(event) => {
          event.stopPropagation();
          openBelow(event.currentTarget);
        }}
      >
        <Icon name="more" size={12} />
      </button>
    </span>
  );
}

function isNone(value: FieldValue): boolean {
  return value === null || value === "";
}
