// The line above the chart: grouped by what, compared with what, drawn how.

import type { ReactNode } from "react";

import type { Question } from "../../state/search";
import { Select } from "../../ui/Select";
import styles from "../explore.module.css";
import { groupingOptions, NOTHING } from "./dimensions";

export interface ControlsProps {
  question: Question;
  dimensions: readonly string[];
  onChange: (patch: Partial<Question>) => void;
  /** Menus at the right. */
  children: ReactNode;
}

const COMPARED = [
  { value: "none", label: "nothing" },
  { value: "previous", label: "the time before" },
  { value: "day", label: "the day before" },
  { value: "week", label: "the week before" },
];

export function Controls({ question, dimensions, onChange, children }: ControlsProps) {
  const { by, server_by, compare, chart } = question;
  const client = by[0] ?? NOTHING;
  const server = server_by[0] ?? NOTHING;
  const listOf = (value: string, rest: string[]) =>
    value === NOTHING ? [] : [value, ...rest.filter((it) => it !== value)];
  const isOwnWindow = !COMPARED.some((it) => it.value === compare);
  return (
    <div className={styles.controls} data-print="none">
      <Select
        label="Client by"
        value={client}
        options={groupingOptions(dimensions, "client", client)}
        onChange={(value) => onChange({ by: listOf(value, by.slice(1)), server_by })}
      />
      <Select
        label="Server by"
        value={server}
        options={groupingOptions(dimensions, "server", server)}
        onChange={(value) => onChange({ by, server_by: listOf(value, server_by.slice(1)) })}
      />
      <Select
        label="Compare"
        value={compare}
        options={isOwnWindow ? [...COMPARED, { value: compare, label: "own window" }] : COMPARED}
        onChange={(value) => onChange({ compare: value })}
      />
      <Select
        label="Drawn as"
        value={chart}
        options={[
          { value: "stacked", label: "stacked" },
          { value: "lines", label: "lines" },
        ]}
        onChange={(value) => onChange({ chart: value })}
      />
      <span className={styles.space} />
      {children}
    </div>
  );
}
