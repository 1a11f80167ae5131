// Pairs to a grid: the largest rows and columns, the rest as Other, every sum exact. Pure.
import type { Key } from "./pick";

/** More rows or columns than this are no longer read. */
export const SIDE_MAX = 24;

export interface Pair {
  key: readonly Key[];
  value: number;
}

export interface MatrixHead {
  value: Key;
  isOther: boolean;
  /** How many values it stands for, as far as they are known. */
  nValues: number;
  amount: number;
}

export interface MatrixGrid {
  rows: MatrixHead[];
  columns: MatrixHead[];
  /** amounts[row][column] */
  amounts: number[][];
  /** The largest amount of one pair that is not Other: the scale of the colours. */
  most: number;
  total: number;
}

/** The grid of pairs; `rest` is what the pairs leave out, and lands in Other x Other. */
export function gridOf(pairs: readonly Pair[], rest: number, sideMax = SIDE_MAX): MatrixGrid {
  const shown = pairs.filter((pair) => pair.value > 0);
  const rows = heads(shown, 0, rest, sideMax);
  const columns = heads(shown, 1, rest, sideMax);
  const amounts = rows.map(() => columns.map(() => 0));
  const rowOf = finder(rows);
  const columnOf = finder(columns);
  const add = (row: number, column: number, value: number) => {
    const line = amounts[row];
    if (line !== undefined) line[column] = (line[column] ?? 0) + value;
  };
  for (const pair of shown) {
    add(rowOf(pair.key[0] ?? null), columnOf(pair.key[1] ?? null), pair.value);
  }
  if (rest > 0) add(rows.length - 1, columns.length - 1, rest);
  let most = 0;
  amounts.forEach((line, row) => {
    line.forEach((amount, column) => {
      const isOther = (rows[row]?.isOther ?? true) || (columns[column]?.isOther ?? true);
      if (!isOther) most = Math.max(most, amount);
    });
  });
  const total = shown.reduce((sum, pair) => sum + pair.value, Math.max(0, rest));
  return { rows, columns, amounts, most, total };
}

/** The step of a colour, 0 (nothing) to 5: by square root, so that small pairs are still seen. */
export function stepOf(amount: number, most: number): number {
  if (amount <= 0) return 0;
  if (most <= 0) return 5;
  return Math.min(5, Math.max(1, Math.ceil(5 * Math.sqrt(amount / most))));
}

function heads(pairs: readonly Pair[], at: 0 | 1, rest: number, sideMax: number): MatrixHead[] {
  const sums = new Map<Key, number>();
  for (const pair of pairs) {
    const value = pair.key[at] ?? null;
    sums.set(value, (sums.get(value) ?? 0) + pair.value);
  }
  const sorted = [...sums].toSorted((a, b) => b[1] - a[1]);
  const isTight = sorted.length > sideMax - (rest > 0 ? 1 : 0);
  const nKept = isTight ? sideMax - 1 : sorted.length;
  const kept = sorted.slice(0, nKept).map(([value, amount]) => {
    return { value, isOther: false, nValues: 1, amount } satisfies MatrixHead;
  });
  const left = sorted.slice(nKept);
  const amount = left.reduce((sum, [, it]) => sum + it, Math.max(0, rest));
  if (amount <= 0) return kept;
  return [...kept, { value: null, isOther: true, nValues: left.length, amount }];
}

function finder(side: readonly MatrixHead[]): (value: Key) => number {
  const places = new Map<Key, number>();
  side.forEach((head, index) => {
    if (!head.isOther) places.set(head.value, index);
  });
  return (value) => places.get(value) ?? side.length - 1;
}
