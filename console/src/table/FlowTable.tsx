// Records in a table that draws only the rows that are seen. Data in, events out.

import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, type SyntheticEvent, useEffect, useRef } from "react";

import type { Cell, Column } from "../api/types";
import { fieldWord } from "../lib/text";
import type { Zone } from "../lib/time";
import { sentence } from "../ui/State";
import { FlowCell } from "./FlowCell";
import styles from "./FlowTable.module.css";

export interface FlowTableProps {
  columns: readonly Column[];
  rows: readonly Cell[][];
  zone: Zone;
  /** The row that is selected, or -1. */
  selected: number;
  /** Tells the selected row from others wherever it is: it is scrolled to when this changes. */
  selectedKey?: string;
  height: number | "fill";
  label: string;
  onSelect: (index: number) => void;
  onOpen: (index: number) => void;
  /** The end of the rows is near: more are wanted. */
  onEnd?: () => void;
  /** Whether the newest rows, at the top, are in sight. */
  onTop?: (isAtTop: boolean) => void;
}

const ROW_PX = 26;
const HEAD_PX = 28;
const PADDING_PX = 16;
const LETTER_PX = 7.3;
/** Rows beyond the edge that are drawn, so that quick scrolling shows no gaps. */
const N_OVERSCAN = 12;

export function FlowTable(props: FlowTableProps) {
  const { columns, rows, zone, selected, height, onEnd, onTop } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: N_OVERSCAN,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    initialRect: { width: 1000, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  const isNearEnd = rows.length > 0 && last >= rows.length - N_OVERSCAN;
  useEffect(() => {
    if (isNearEnd) onEnd?.();
  }, [isNearEnd, onEnd, rows.length]);
  const latest = useRef(selected);
  useEffect(() => {
    latest.current = selected;
  });
  const scrolledTo = props.selectedKey ?? selected;
  useEffect(() => {
    if (latest.current >= 0) virtual.scrollToIndex(latest.current, { align: "auto" });
  }, [scrolledTo, virtual]);
  const template = columns.map((it) => `minmax(${widthOf(it)}px, ${growOf(it)}fr)`).join(" ");
  const width = columns.reduce((sum, it) => sum + widthOf(it), 0);
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      style={height === "fill" ? {} : { height }}
      data-fill={height === "fill"}
      role="table"
      aria-label={props.label}
      aria-rowcount={rows.length}
      // What scrolls must be reachable by keys.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={(event) => onTop?.(event.currentTarget.scrollTop < ROW_PX)}
    >
      <div className={styles.sizer} style={{ minWidth: width }}>
        <div role="row" className={styles.head} style={{ gridTemplateColumns: template }}>
          {columns.map((it) => (
            <div key={it.name} role="columnheader" className={classOf(it)} title={it.doc}>
              {sentence(fieldWord(it.name))}
            </div>
          ))}
        </div>
        {/* Keys walk and open rows through the table of commands. */}
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions */}
        <div
          role="rowgroup"
          style={{ height: virtual.getTotalSize(), position: "relative" }}
          onClick={(event) => at(event, props.onOpen)}
          onFocus={(event) => at(event, props.onSelect)}
        >
          {items.map((item) => (
            <Row
              key={item.key}
              columns={columns}
              row={rows[item.index] ?? NO_CELLS}
              index={item.index}
              top={item.start - HEAD_PX}
              template={template}
              zone={zone}
              isSelected={item.index === selected}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  columns: readonly Column[];
  row: readonly Cell[];
  index: number;
  top: number;
  template: string;
  zone: Zone;
  isSelected: boolean;
}

const NO_CELLS: readonly Cell[] = [];

/** Remembered: scrolling draws the rows that come, and no others. */
const Row = memo(function Row(props: RowProps) {
  const { columns, row, index, top, template, zone, isSelected } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      className={styles.row}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
    >
      {columns.map((it, column) => (
        <div key={it.name} role="cell" className={classOf(it)}>
          <FlowCell
            column={it}
            cell={row[column] ?? null}
            zone={zone}
            most={Math.floor((widthOf(it) - PADDING_PX) / LETTER_PX)}
          />
        </div>
      ))}
    </div>
  );
});

/** Calls with the index of the row that an event is of. */
function at(event: SyntheticEvent<HTMLElement>, act: (index: number) => void) {
  if (!(event.target instanceof Element)) return;
  const row = event.target.closest("[aria-rowindex]");
  if (row) act(Number(row.getAttribute("aria-rowindex")) - 1);
}

function classOf(column: Column): string | undefined {
  const isAmount = column.name === "bytes" || column.name === "packets";
  return isAmount ? styles.amount : styles.cell;
}

const WIDTHS: Readonly<Record<string, number>> = {
  action: 74,
  flow_direction: 84,
  direction: 84,
  protocol: 74,
  log_status: 84,
  bytes: 88,
  packets: 76,
  version: 60,
  tcp_flags: 80,
};

function widthOf(column: Column): number {
  const known = WIDTHS[column.name];
  if (known !== undefined) return known;
  if (column.type === "time") return 150;
  if (column.type === "list" || column.type === "map") return 220;
  if (column.name.endsWith("port")) return 122;
  if (column.name.endsWith("addr")) return 136;
  if (column.name.endsWith("_id")) return 180;
  return column.type === "number" ? 90 : 130;
}

/** Long texts share what is left of the width. */
function growOf(column: Column): number {
  return column.name.endsWith("addr") || column.name.endsWith("_id") ? 2 : 1;
}
