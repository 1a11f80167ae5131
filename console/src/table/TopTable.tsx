// The largest groups: amount with a bar, share, change, sparkline; below them the exact rest.
// Linked with the chart by colour and by `active`.

import type { KeyboardEvent } from "react";

import type { ExploreRow, ExploreRest } from "../api/types";
import type { Measure } from "../charts/measure";
import { Sparkline } from "../charts/Sparkline";
import { fieldWord } from "../lib/text";
import { change, exact, percent } from "../lib/units";
import { classes } from "../ui/classes";
import { Value } from "../ui/Value";
import styles from "./TopTable.module.css";

export interface TopTableProps {
  by: readonly string[];
  rows: readonly TopRow[];
  other: ExploreRest | null;
  total: ExploreRest;
  measure: Measure;
  isCompared: boolean;
  /** The id of the row that stands out, here and in the chart. */
  active: string | null;
  onActive: (id: string | null) => void;
  /** Opens the records of a row. */
  onRecords: (row: TopRow) => void;
}

export interface TopRow extends ExploreRow {
  id: string;
  colour: string;
}

export function TopTable(props: TopTableProps) {
  const { by, rows, other, total, measure, isCompared } = props;
  const top = Math.max(...rows.map((it) => it.value), 1);
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          {by.map((it) => (
            <th key={it} scope="col">
              {fieldWord(it)}
            </th>
          ))}
          <th scope="col" className={styles.wide}>
            {measure.noun}
          </th>
          <th scope="col" className={styles.number}>
            Share
          </th>
          {isCompared && (
            <th scope="col" className={styles.number}>
              Change
            </th>
          )}
          <th scope="col" className={styles.trend}>
            Trend
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((it) => (
          <Row key={it.id} row={it} top={top} {...props} />
        ))}
        {other && (
          <tr className={styles.rest}>
            <td colSpan={Math.max(1, by.length)}>
              <span className={styles.swatch} style={{ background: "var(--series-other)" }} />
              Other ({exact(other.n_groups)})
            </td>
            <Amounts it={other} top={top} colour="var(--series-other)" {...props} />
          </tr>
        )}
        <tr className={styles.total}>
          <td colSpan={Math.max(1, by.length)}>Total</td>
          <Amounts it={total} top={null} colour="" {...props} />
        </tr>
      </tbody>
    </table>
  );
}

function Row({ row, top, ...props }: TopTableProps & { row: TopRow; top: number }) {
  const { by, active, onActive, onRecords } = props;
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.target !== event.currentTarget) return;
    onRecords(row);
  };
  return (
    <tr
      tabIndex={-1}
      data-row={row.id}
      className={styles.row}
      aria-selected={active === row.id}
      onPointerEnter={() => onActive(row.id)}
      onPointerLeave={() => onActive(null)}
      onKeyDown={key}
    >
      {by.map((field, index) => (
        <td key={field} className={styles.key}>
          {index === 0 && <span className={styles.swatch} style={{ background: row.colour }} />}
          <Value
            field={field}
            value={row.key[index] ?? null}
            most={by.length > 1 || props.isCompared ? 19 : 24}
          />
        </td>
      ))}
      <Amounts it={row} top={top} colour={row.colour} {...props} />
    </tr>
  );
}

interface AmountsProps {
  it: { value: number; share: number; series: number[] | null; previous: number | null };
  /** The largest amount, for the bar; none for the total. */
  top: number | null;
  colour: string;
  measure: Measure;
  isCompared: boolean;
}

function Amounts({ it, top, colour, measure, isCompared }: AmountsProps) {
  const width = top === null ? 0 : Math.min(100, (it.value / top) * 100);
  return (
    <>
      <td className={styles.amount} title={measure.exact(it.value)}>
        {top !== null && (
          <span className={styles.bar} style={{ width: `${width}%`, background: colour }} />
        )}
        <span className={styles.figure}>{measure.short(it.value)}</span>
      </td>
      <td className={styles.number}>{percent(it.share)}</td>
      {isCompared && (
        <td
          className={classes(styles.number, styles.change)}
          title={it.previous === null ? "" : `before: ${measure.exact(it.previous)}`}
        >
          {it.previous === null ? "" : change(it.value, it.previous)}
        </td>
      )}
      <td className={styles.trend}>{it.series && <Sparkline values={it.series} width={72} />}</td>
    </>
  );
}
