// The values of one field by amount: a click filters. What is not in the list is in its last line.

import { memo } from "react";

import type { Facet } from "../api/types";
import type { Measure } from "../charts/measure";
import { fieldWord } from "../lib/text";
import { countShort, exact, percent } from "../lib/units";
import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Panel } from "../ui/Panel";
import { Value } from "../ui/Value";
import styles from "./FacetList.module.css";

export interface FacetListProps {
  facet: Facet;
  title?: string;
  measure: Measure;
  onGroup: (field: string) => void;
}

/** Colours of values that have one everywhere. */
const COLOURS: Readonly<Record<string, string>> = {
  ACCEPT: "var(--accept)",
  REJECT: "var(--reject)",
};

/** Remembered: a dashboard has many, and most stay as they are when one is clicked. */
export const FacetList = memo(function FacetList(props: FacetListProps) {
  const { facet, title, measure, onGroup } = props;
  const { field, other, n_values } = facet;
  const rows = facet.rows.filter((it) => it.amount > 0);
  const top = Math.max(1, ...rows.map((it) => it.amount));
  const words = title ?? fieldWord(field);
  return (
    <Panel
      label={words}
      title={
        <h3 className={styles.title} title={words}>
          <span className={styles.words}>{words.charAt(0).toUpperCase() + words.slice(1)}</span>{" "}
          <span className={styles.count} title={`${exact(n_values)} values`}>
            {countShort(n_values)}
          </span>
        </h3>
      }
      tools={
        <IconButton label={`Group by ${fieldWord(field)}`} onClick={() => onGroup(field)}>
          <Icon name="explore" size={14} />
        </IconButton>
      }
    >
      <ol className={styles.list}>
        {rows.map((it) => (
          <li key={String(it.value)} className={styles.row}>
            <span
              className={styles.bar}
              style={{
                width: `${(it.amount / top) * 100}%`,
                background: COLOURS[String(it.value)] ?? "var(--faint)",
              }}
            />
            <Value field={field} value={it.value} most={14} className={styles.value ?? ""} />
            <span className={styles.amount} title={measure.exact(it.amount)}>
              {measure.short(it.amount)}
            </span>
            <span className={styles.share}>{percent(it.share)}</span>
          </li>
        ))}
        {other && other.amount > 0 && (
          <li className={styles.row}>
            <span className={styles.rest}>Other</span>
            <span className={styles.amount} title={measure.exact(other.amount)}>
              {measure.short(other.amount)}
            </span>
            <span className={styles.share}>{percent(other.share)}</span>
          </li>
        )}
        {rows.length === 0 && <li className={styles.empty}>No values in this window</li>}
      </ol>
    </Panel>
  );
});
