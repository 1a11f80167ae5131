// Two sides and their pairs to a grid. Pure. Sides have exact amounts, pairs are known among listed
// values only; what is missing between them is Other, by subtraction, so every sum is exact.
import type { Key } from "./pick";

/** More rows or columns than this are no longer read. */
export const SIDE_MAX = 24;

/** One field: its largest values, each with all that it has. */
export interface Side {
  values: readonly ValueAmount[];
  /** How many values there are in all. */
  nValues: number;
}

export interface ValueAmount {
  value: Key;
  amount: number;
}

/** An amount of a value of one side and one of the other. */
export interface Pair {
  key: readonly Key[];
  value: number;
}

export interface GridAsk {
  sides: readonly [Side, Side];
  /** All pairs among the listed values. */
  pairs: readonly Pair[];
  total: number;
  sideMax?: number;
}

export interface Head {
  value: Key;
  isOther: boolean;
  /** How many values it stands for. */
  nValues: number;
  amount: number;
}

export interface Grid {
  rows: Head[];
  columns: Head[];
  /** amounts[row][column] */
  amounts: number[][];
  /** The largest amount of one pair that is not Other: the scale of the colours. */
  most: number;
  total: number;
}

/** The grid of two sides; Other comes last on each. */
export function gridOf({ sides, pairs, total, sideMax = SIDE_MAX }: GridAsk): Grid {
  const rows = headsOf(sides[0], total, sideMax);
  const columns = headsOf(sides[1], total, sideMax);
  const amounts = rows.map(() => columns.map(() => 0));
  const rowOf = finder(rows);
  const columnOf = finder(columns);
  let most = 0;
  for (const pair of pairs) {
    const line = amounts[rowOf(pair.key[0] ?? null)];
    const column = columnOf(pair.key[1] ?? null);
    if (line === undefined || column === -1) continue;
    line[column] = (line[column] ?? 0) + pair.value;
    most = Math.max(most, line[column] ?? 0);
  }
  fillOther(rows, columns, amounts);
  return { rows, columns, amounts, most, total };
}

/** The largest values of a side, and the rest as one. */
export function headsOf(side: Side, total: number, sideMax: number): Head[] {
  const sorted = side.values.filter((it) => it.amount > 0).toSorted((a, b) => b.amount - a.amount);
  const sum = sorted.reduce((it, { amount }) => it + amount, 0);
  const isTight = sorted.length > sideMax - (total > sum ? 1 : 0);
  const kept = isTight ? sorted.slice(0, sideMax - 1) : sorted;
  const heads: Head[] = kept.map((it) => ({ ...it, isOther: false, nValues: 1 }));
  const rest = total - kept.reduce((it, { amount }) => it + amount, 0);
  if (rest <= 0) return heads;
  const nValues = Math.max(0, side.nValues - kept.length);
  return [...heads, { value: null, isOther: true, nValues, amount: rest }];
}

/** The step of a colour, 0 (nothing) to 5: by square root, so that small pairs are still seen. */
export function stepOf(amount: number, most: number): number {
  if (amount <= 0) return 0;
  if (most <= 0) return 5;
  return Math.min(5, Math.max(1, Math.ceil(5 * Math.sqrt(amount / most))));
}

/** What a head has beyond its listed pairs goes to Other of the other side. */
function fillOther(rows: readonly Head[], columns: readonly Head[], amounts: number[][]): void {
  const lastRow = rows.length - 1;
  const lastColumn = columns.length - 1;
  if (columns[lastColumn]?.isOther) {
    for (const [row, line] of amounts.entries()) {
      if (rows[row]?.isOther) continue;
      const listed = line.reduce((sum, it) => sum + it, 0);
      line[lastColumn] = Math.max(0, (rows[row]?.amount ?? 0) - listed);
    }
  }
  const bottom = amounts[lastRow];
  if (bottom === undefined || !rows[lastRow]?.isOther) return;
  for (const [column, head] of columns.entries()) {
    const above = amounts.reduce((sum, line) => sum + (line[column] ?? 0), 0);
    bottom[column] = Math.max(0, head.amount - above);
  }
}

/** Finds the place of a listed value; -1 if it is in Other. */
function finder(heads: readonly Head[]): (value: Key) => number {
  const places = new Map<Key, number>();
  heads.forEach((head, index) => {
    if (!head.isOther) places.set(head.value, index);
  });
  return (value) => places.get(value) ?? -1;
}
