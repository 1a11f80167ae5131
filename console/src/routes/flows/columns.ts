// Which columns records are asked for and shown with.

import type { Cell, Column, SchemaAnswer } from "../../api/types";

/** What a record is found again by, shown or not. */
export const KEY_COLUMNS = [
  "start",
  "end",
  "interface_id",
  "srcaddr",
  "srcport",
  "dstaddr",
  "dstport",
  "protocol",
  "bytes",
  "packets",
];

/** The columns to show: those that somebody chose, else the usual ones, or null if no one has told. */
export function shownColumns(
  chosen: readonly string[],
  schema: Pick<SchemaAnswer, "usual_columns"> | undefined,
): readonly string[] | null {
  return chosen.length > 0 ? chosen : (schema?.usual_columns ?? null);
}

/** The columns to ask for: those that are shown, then those of the key. */
export function askedColumns(shown: readonly string[]): string[] {
  return [...new Set([...shown, ...KEY_COLUMNS])];
}

/** Rows and columns of an answer without what was asked only for the key. */
export function shownRows(
  answer: { columns: Column[]; rows: Cell[][] },
  shown: readonly string[],
): { columns: Column[]; rows: Cell[][] } {
  const wanted = new Set(shown);
  const at = answer.columns.flatMap((it, index) => (wanted.has(it.name) ? [index] : []));
  const pick = <Item>(row: readonly Item[]) => at.flatMap((index) => row.slice(index, index + 1));
  return { columns: pick(answer.columns), rows: answer.rows.map(pick) };
}

/** A record as its columns' names and values. */
export function recordOf(columns: readonly Column[], row: readonly Cell[]): Map<string, Cell> {
  return new Map(columns.map((it, index) => [it.name, row[index] ?? null]));
}

/** Records that are shown, and their columns. */
export interface Rows {
  columns: readonly Column[];
  rows: readonly Cell[][];
}

/** A record that somebody picked. */
export interface Picked {
  row: readonly Cell[];
  key: string;
}

/** The record at a place as one that can be found again, or null if there is none. */
export function pickedAt({ columns, rows }: Rows, index: number): Picked | null {
  const row = rows[index];
  return row ? { row, key: keyWith(columns)(row) } : null;
}

/** Where a picked record is now, or -1: itself, else one that cannot be told from it. */
export function placeOf({ columns, rows }: Rows, { row, key }: Picked): number {
  // Records may be alike in all that they are known by: first the very one is looked for.
  const same = rows.findIndex((it) => it === row);
  if (same >= 0) return same;
  const keyOf = keyWith(columns);
  return rows.findIndex((it) => keyOf(it) === key);
}

/** What tells the key of a row with these columns. */
function keyWith(columns: readonly Column[]): (row: readonly Cell[]) => string {
  const at = KEY_COLUMNS.map((name) => columns.findIndex((it) => it.name === name));
  return (row) => JSON.stringify(at.map((index) => row[index] ?? null));
}

/** A cell as a value that a filter can name. */
export function plain(cell: Cell | undefined): string | number | null {
  return typeof cell === "string" || typeof cell === "number" ? cell : null;
}
