// Rows of an answer: only those in view are in the document, however many there are.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import type { ReactNode } from "react";

import type { Cell, SqlColumn } from "../api/types";
import { classes } from "../ui/classes";
import { cellWord, columnWidths, shownWord } from "./cellWord";
import styles from "./ResultTable.module.css";
import { typeWord } from "./typeWord";

export interface ResultTableProps {
  name: string;
  columns: readonly SqlColumn[];
  rows: readonly (readonly Cell[])[];
  /** Another look of a cell, e.g. a link to its page; null for plain text. */
  draw?: (column: string, cell: Cell) => ReactNode;
}

const ROW_HEIGHT = 26;
const ROWS_AHEAD = 12;

export function ResultTable({ name, columns, rows, draw }: ResultTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const widths = useMemo(() => {
    return columnWidths(
      columns.map((column) => column.name),
      rows,
    );
  }, [columns, rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: ROWS_AHEAD,
    initialRect: { width: 1000, height: 600 },
  });
  const grid = { gridTemplateColumns: widths.map((width) => `${width}px`).join(" ") };
  return (
    // What scrolls must be reachable by keys.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={styles.scroller} tabIndex={0} role="region" aria-label={name}>
      <div
        role="table"
        aria-label={name}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        className={styles.table}
      >
        <div role="rowgroup" className={styles.head}>
          <div role="row" aria-rowindex={1} className={styles.row} style={grid}>
            {columns.map((column, index) => (
              <div
                key={`${index} ${column.name}`}
                role="columnheader"
                title={`${column.name}: ${column.type}`}
                className={classes(styles.cell, isNumber(column) && styles.number)}
              >
                {column.name}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => (
            <div
              key={item.key}
              role="row"
              aria-rowindex={item.index + 2}
              className={classes(styles.row, styles.placed)}
              style={{ ...grid, transform: `translateY(${item.start}px)` }}
            >
              {columns.map((column, index) => {
                const cell = rows[item.index]?.[index] ?? null;
                return (
                  <div
                    key={`${index} ${column.name}`}
                    role="cell"
                    title={cellWord(cell)}
                    className={classes(
                      styles.cell,
                      isNumber(column) && styles.number,
                      cell === null && styles.none,
                    )}
                  >
                    {draw?.(column.name, cell) ?? shownWord(cell)}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

/** Numbers are aligned at their last figure. */
function isNumber(column: SqlColumn): boolean {
  return typeWord(column.type) === "number";
}
