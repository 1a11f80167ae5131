// Pairs as a grid, darker is more; at most 24 by 24, the rest is Other. Data in, events out.
import { useState } from "react";

import { middle, wordOf } from "../lib/text";
import { percent } from "../lib/units";
import { AmountTable } from "./AmountTable";
import { Figure } from "./Figure";
import { Marks } from "./Marks";
import type { Mark } from "./Marks";
import { gridOf, stepOf } from "./matrixLayout";
import type { Grid, Head, Pair, Side } from "./matrixLayout";
import { amountWords } from "./measure";
import type { Measure } from "./measure";
import type { Key, OnPick, Term } from "./pick";
import { useWidth } from "./useWidth";
import styles from "./Matrix.module.css";

export interface MatrixProps {
  /** The rows, then the columns. */
  sides: readonly [MatrixSide, MatrixSide];
  /** All pairs among the values of both sides; keys are [row, column]. */
  pairs: readonly Pair[];
  total: number;
  measure: Measure;
  wordFor?: (field: string, value: Key) => string;
  onPick: OnPick;
}

export interface MatrixSide extends Side {
  /** The field that a pick names. */
  field: string;
  title: string;
}

const CELL_MIN = 18;
const CELL_MAX = 72;
const CELL_HEIGHT = 24;
/** Cells as wide as this have room for their amount. */
const CELL_SAYS = 54;
const HEAD_LEFT = 176;
/** Words above the columns lean; so high is what a letter adds, and the least and most there is. */
const LEAN = 5.8;
const HEAD_TOP_MIN = 56;
const HEAD_TOP_MAX = 128;
const LETTERS_ABOVE = 17;
const LETTERS = 22;

export function Matrix(props: MatrixProps) {
  const { sides, pairs, total, measure, onPick } = props;
  const [ref, width] = useWidth();
  const [active, setActive] = useState<string | null>(null);
  const grid = gridOf({ sides, pairs, total });
  const wordFor = props.wordFor ?? wordOf;
  const word = (side: 0 | 1, head: Head) => {
    if (!head.isOther) return wordFor(sides[side].field, head.value);
    return head.nValues > 0 ? `Other (${head.nValues})` : "Other";
  };
  const nColumns = Math.max(1, grid.columns.length);
  const top = topFor(grid.columns.map((head) => word(1, head)));
  const lean = Math.ceil((top - 16) / Math.tan(Math.PI / 3));
  const fit = Math.floor((width - HEAD_LEFT - lean) / nColumns);
  const cell: Cell = {
    top,
    width: Math.min(CELL_MAX, Math.max(CELL_MIN, fit)),
    height: CELL_HEIGHT,
  };
  const size = {
    width: Math.max(HEAD_LEFT + nColumns * cell.width + lean, 320),
    height: cell.top + grid.rows.length * cell.height + 1,
  };
  const name = nameOf(grid, word, measure);
  const marks = marksOf(grid, sides, word, measure, cell);
  const table = <PairTable {...props} name={name} grid={grid} word={word} />;
  return (
    <Figure name={name} table={table}>
      <div ref={ref} className={styles.scroll}>
        <div className={styles.stage} style={size}>
          <svg role="img" aria-label={name} {...size} className={styles.picture}>
            <text className={styles.side} x={HEAD_LEFT - 8} y={cell.top - 8} textAnchor="end">
              {sides[0].title}
            </text>
            <text className={styles.side} x={HEAD_LEFT} y={10}>
              {sides[1].title}
            </text>
            {grid.rows.map((head, row) => (
              <text
                key={`${row}`}
                className={head.isOther ? styles.other : styles.head}
                data-active={isActive(active, row, "row")}
                x={HEAD_LEFT - 8}
                y={cell.top + (row + 0.5) * cell.height}
                dy="0.35em"
                textAnchor="end"
              >
                {middle(word(0, head), LETTERS)}
              </text>
            ))}
            {grid.columns.map((head, column) => (
              <text
                key={`${column}`}
                className={head.isOther ? styles.other : styles.head}
                data-active={isActive(active, column, "column")}
                transform={`translate(${HEAD_LEFT + (column + 0.5) * cell.width + 4} ${cell.top - 8}) rotate(-60)`}
              >
                {middle(word(1, head), LETTERS_ABOVE)}
              </text>
            ))}
            {grid.amounts.map((line, row) =>
              line.map((amount, column) => (
                <rect
                  key={`${row}:${column}`}
                  className={styles.cell}
                  data-step={stepOf(amount, grid.most)}
                  data-other={isOther(grid, row, column)}
                  x={HEAD_LEFT + column * cell.width + 1}
                  y={cell.top + row * cell.height + 1}
                  width={cell.width - 1}
                  height={cell.height - 1}
                />
              )),
            )}
            {cell.width >= CELL_SAYS &&
              grid.amounts.map((line, row) =>
                line.map((amount, column) =>
                  amount > 0 ? (
                    <text
                      key={`${row}:${column}`}
                      className={styles.amount}
                      data-step={isOther(grid, row, column) ? 0 : stepOf(amount, grid.most)}
                      x={HEAD_LEFT + (column + 1) * cell.width - 6}
                      y={cell.top + (row + 0.5) * cell.height}
                      dy="0.35em"
                      textAnchor="end"
                    >
                      {measure.short(amount)}
                    </text>
                  ) : null,
                ),
              )}
          </svg>
          <Marks name={name} marks={marks} {...size} onPick={onPick} onActive={setActive} />
        </div>
      </div>
    </Figure>
  );
}

interface Cell {
  /** Above the first row. */
  top: number;
  width: number;
  height: number;
}

/** Room for the longest word above the columns. */
function topFor(words: readonly string[]): number {
  const letters = Math.max(...words.map((it) => Math.min(it.length, LETTERS_ABOVE)), 0);
  return Math.min(HEAD_TOP_MAX, Math.max(HEAD_TOP_MIN, 30 + letters * LEAN));
}

function isOther(grid: Grid, row: number, column: number): boolean {
  return (grid.rows[row]?.isOther ?? false) || (grid.columns[column]?.isOther ?? false);
}

/** Marks of cells are named "row:column". */
function isActive(active: string | null, index: number, side: "row" | "column"): boolean {
  const part = active?.split(":")[side === "row" ? 0 : 1];
  return part === String(index);
}

function nameOf(grid: Grid, word: (side: 0 | 1, head: Head) => string, measure: Measure): string {
  if (grid.total === 0) return `No ${measure.noun} to draw`;
  let best: { row: Head; column: Head; amount: number } | null = null;
  for (const [rowIndex, line] of grid.amounts.entries()) {
    for (const [columnIndex, amount] of line.entries()) {
      const row = grid.rows[rowIndex];
      const column = grid.columns[columnIndex];
      if (row === undefined || column === undefined || isOther(grid, rowIndex, columnIndex)) {
        continue;
      }
      if (amount > (best?.amount ?? 0)) best = { row, column, amount };
    }
  }
  const size = `${amountWords(measure, grid.total)}, ${grid.rows.length} by ${grid.columns.length}`;
  if (best === null) return size;
  const share = percent(best.amount / grid.total);
  return `${size}. Largest pair: ${word(0, best.row)} to ${word(1, best.column)}, ${share}`;
}

function marksOf(
  grid: Grid,
  sides: readonly [MatrixSide, MatrixSide],
  word: (side: 0 | 1, head: Head) => string,
  measure: Measure,
  cell: Cell,
): Mark[] {
  const says = (amount: number) => `${measure.short(amount)}, ${percent(amount / grid.total)}`;
  const termOf = (side: 0 | 1, head: Head): Term[] =>
    head.isOther ? [] : [{ field: sides[side].field, value: head.value }];
  const marks: Mark[] = [];
  grid.rows.forEach((row, rowIndex) => {
    const y = cell.top + rowIndex * cell.height;
    marks.push({
      id: `${rowIndex}:`,
      name: `${sides[0].title} ${word(0, row)}: ${says(row.amount)}`,
      lines: [measure.exact(row.amount)],
      path: `M4,${y}h${HEAD_LEFT - 8}v${cell.height}h${-(HEAD_LEFT - 8)}Z`,
      x: HEAD_LEFT - 12,
      y: y + cell.height / 2,
      terms: termOf(0, row),
    });
    grid.columns.forEach((column, columnIndex) => {
      const amount = grid.amounts[rowIndex]?.[columnIndex] ?? 0;
      if (amount <= 0) return;
      const x = HEAD_LEFT + columnIndex * cell.width;
      const terms = [...termOf(0, row), ...termOf(1, column)];
      marks.push({
        id: `${rowIndex}:${columnIndex}`,
        name: `${word(0, row)} to ${word(1, column)}: ${says(amount)}`,
        lines: [measure.exact(amount)],
        path: `M${x + 1},${y + 1}h${cell.width - 1}v${cell.height - 1}h${1 - cell.width}Z`,
        x: x + cell.width / 2,
        y: y + cell.height / 2,
        terms: terms.length === 2 ? terms : [],
      });
    });
  });
  return [...marks, ...columnMarks(grid, sides, word, measure, cell)];
}

/** The words above the columns, which lean to the right. */
function columnMarks(
  grid: Grid,
  sides: readonly [MatrixSide, MatrixSide],
  word: (side: 0 | 1, head: Head) => string,
  measure: Measure,
  cell: Cell,
): Mark[] {
  const lean = (cell.top - 16) / Math.tan(Math.PI / 3);
  return grid.columns.map((column, index) => {
    const x = HEAD_LEFT + index * cell.width;
    const share = percent(column.amount / grid.total);
    return {
      id: `:${index}`,
      name: `${sides[1].title} ${word(1, column)}: ${measure.short(column.amount)}, ${share}`,
      lines: [measure.exact(column.amount)],
      path: `M${x},${cell.top}h${cell.width}l${lean},${16 - cell.top}h${-cell.width}Z`,
      x: x + cell.width / 2,
      y: cell.top - 12,
      terms: column.isOther ? [] : [{ field: sides[1].field, value: column.value }],
    };
  });
}

interface PairTableProps extends MatrixProps {
  name: string;
  grid: Grid;
  word: (side: 0 | 1, head: Head) => string;
}

function PairTable({ name, grid, sides, measure, word }: PairTableProps) {
  const rows = grid.amounts.flatMap((line, row) =>
    line.flatMap((amount, column) => {
      const from = grid.rows[row];
      const to = grid.columns[column];
      if (amount <= 0 || from === undefined || to === undefined) return [];
      return [{ id: `${row}:${column}`, cells: [word(0, from), word(1, to)], amount }];
    }),
  );
  const sorted = rows.toSorted((a, b) => b.amount - a.amount);
  const heads = [sides[0].title, sides[1].title];
  return (
    <AmountTable name={name} heads={heads} rows={sorted} total={grid.total} measure={measure} />
  );
}
