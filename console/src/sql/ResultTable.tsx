// Rows of an answer: only those in view are in the document, however many there are.
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef } from "react";
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
const COLUMNS_AHEAD = 3;

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
  // A table of the lake has over a hundred columns: those out of sight are left out, too.
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => widths[index] ?? 0,
    overscan: COLUMNS_AHEAD,
    initialRect: { width: 1000, height: 600 },
  });
  useEffect(() => across.measure(), [across, widths]);
  const shown = across.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const until = (shown.at(-1)?.index ?? -1) + 1;
  const template = widths.map((width) => `${width}px`).join(" ");
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
          <div
            role="row"
            aria-rowindex={1}
            className={styles.row}
            style={{ gridTemplateColumns: template }}
          >
            {columns.slice(first, until).map((column, index) => (
              <div
                key={`${first + index} ${column.name}`}
                role="columnheader"
                aria-colindex={first + index + 1}
                style={{ gridColumn: first + index + 1 }}
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
            <Row
              key={item.key}
              columns={columns}
              row={rows[item.index] ?? NO_CELLS}
              index={item.index}
              top={item.start}
              template={template}
              first={first}
              until={until}
              draw={draw}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  columns: readonly SqlColumn[];
  row: readonly Cell[];
  index: number;
  top: number;
  template: string;
  /** The columns in sight. */
  first: number;
  until: number;
  draw: ResultTableProps["draw"];
}

const NO_CELLS: readonly Cell[] = [];

/** Remembered: scrolling draws the rows that come, and no others. */
const Row = memo(function Row(props: RowProps) {
  const { columns, row, index, top, template, first, until, draw } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes(styles.row, styles.placed)}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
    >
      {columns.slice(first, until).map((column, offset) => {
        const at = first + offset;
        const cell = row[at] ?? null;
        return (
          <div
            key={`${at} ${column.name}`}
            role="cell"
            aria-colindex={at + 1}
            title={cellWord(cell)}
            style={{ gridColumn: at + 1 }}
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
  );
});

/** Numbers are aligned at their last figure. */
function isNumber(column: SqlColumn): boolean {
  return typeWord(column.type) === "number";
}
