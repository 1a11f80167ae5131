// One cell of a record, by its column: times, ends of a connection, amounts, lists.

import type { Cell, Column } from "../api/types";
import { timeText, type Zone } from "../lib/time";
import { bytesShort, exact } from "../lib/units";
import { Value } from "../ui/Value";
import styles from "./FlowTable.module.css";

export interface FlowCellProps {
  column: Column;
  cell: Cell;
  zone: Zone;
  /** Letters that fit. */
  most?: number;
}

/** Columns that measure rather than name: a click on them filters nothing. */
const MEASURES = new Set(["bytes", "packets", "start", "end"]);

export function FlowCell({ column, cell, zone, most = 30 }: FlowCellProps) {
  if (cell === null) return <span className={styles.none}>–</span>;
  if (Array.isArray(cell)) {
    return cell.map((it) => <Value key={it} field={column.name} value={it} most={most} />);
  }
  if (typeof cell === "object") return <code>{mapText(cell)}</code>;
  if (typeof cell === "boolean") {
    return <Value field={column.name} value={String(cell)} label={cell ? "yes" : "no"} />;
  }
  if (column.type === "time") {
    return (
      <time dateTime={String(cell)} title={String(cell)}>
        {timeText(new Date(cell), zone)}
      </time>
    );
  }
  if (column.unit === "bytes" || column.name === "bytes") {
    return <span title={`${exact(Number(cell))} bytes`}>{bytesShort(Number(cell))}</span>;
  }
  if (MEASURES.has(column.name)) return <span>{exact(Number(cell))}</span>;
  if (column.name === "action") {
    return (
      <span className={cell === "REJECT" ? styles.reject : styles.accept}>
        <Value field="action" value={cell} />
      </span>
    );
  }
  return <Value field={column.name} value={cell} most={most} />;
}

function mapText(cell: Record<string, string>): string {
  return Object.entries(cell)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
