// Tabs: a row of names, one of which is chosen. The panel is the caller's.
import type { KeyboardEvent } from "react";

import styles from "./Tabs.module.css";

export interface Tab<Id extends string> {
  id: Id;
  label: string;
  count?: number;
}

export interface TabsProps<Id extends string> {
  label: string;
  tabs: readonly Tab<Id>[];
  value: Id;
  onChange: (id: Id) => void;
}

/** A list of tabs that arrow keys walk. */
export function Tabs<Id extends string>({ label, tabs, value, onChange }: TabsProps<Id>) {
  const step = (event: KeyboardEvent<HTMLDivElement>) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (way === undefined) return;
    const at = tabs.findIndex((it) => it.id === value);
    const next = tabs[(at + way + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.id);
    event.currentTarget.querySelector<HTMLElement>(`[data-id="${next.id}"]`)?.focus();
  };
  return (
    // The tabs have the focus, one of them at a time.
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus
    <div role="tablist" aria-label={label} className={styles.list} onKeyDown={step}>
      {tabs.map((it) => (
        <button
          key={it.id}
          type="button"
          role="tab"
          data-id={it.id}
          aria-selected={it.id === value}
          tabIndex={it.id === value ? 0 : -1}
          className={styles.tab}
          onClick={() => onChange(it.id)}
        >
          {it.label}
          {it.count !== undefined && <span className={styles.count}>{it.count}</span>}
        </button>
      ))}
    </div>
  );
}
