// A cell of an answer as one line of text. Pure.
import type { Cell } from "../api/types";
import { exact } from "../lib/units";

/** What stands in the table. NULL is told apart from an empty text by its look. */
export function cellWord(cell: Cell): string {
  if (cell === null) return "NULL";
  if (Array.isArray(cell)) return cell.join(", ");
  if (typeof cell === "object") {
    const pairs = Object.entries(cell).map(([name, value]) => `${name}=${value}`);
    return pairs.join(", ");
  }
  return String(cell);
}

/** Figures of large numbers stand in groups; small ones may be ports, and stay. */
export function shownWord(cell: Cell): string {
  return typeof cell === "number" && Math.abs(cell) >= GROUPED_FROM ? exact(cell) : cellWord(cell);
}

/** Above all ports. */
const GROUPED_FROM = 100_000;

/** Widths of columns in pixels, from what is in the first rows. */
export function columnWidths(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
): number[] {
  return names.map((name, column) => {
    let nLetters = name.length + 1;
    for (const row of rows.slice(0, SAMPLE)) {
      nLetters = Math.max(nLetters, shownWord(row[column] ?? null).length);
    }
    return Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, nLetters * LETTER + PADDING));
  });
}

/** So many rows tell the width well enough. */
const SAMPLE = 200;
const WIDTH_MIN = 64;
const WIDTH_MAX = 420;
/** Of the monospaced font, at 12 px. */
const LETTER = 7.3;
const PADDING = 25;
