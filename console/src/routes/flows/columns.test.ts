import { expect, test } from "vitest";

import type { Column } from "../../api/types";
import {
  askedColumns,
  KEY_COLUMNS,
  pickedAt,
  placeOf,
  recordOf,
  shownColumns,
  shownRows,
} from "./columns";

const column = (name: string): Column => ({ name, type: "text", unit: null, doc: "" });

test("a record's key is always asked for, and shown only if it was chosen", () => {
  const asked = askedColumns(["dstaddr", "action"]);
  expect(asked.slice(0, 2)).toEqual(["dstaddr", "action"]);
  expect(KEY_COLUMNS.every((it) => asked.includes(it))).toBe(true);
  const answer = { columns: ["dstaddr", "action", "start"].map(column), rows: [["d", "A", "s"]] };
  const shown = shownRows(answer, ["dstaddr", "action"]);
  expect(shown.columns.map((it) => it.name)).toEqual(["dstaddr", "action"]);
  expect(shown.rows).toEqual([["d", "A"]]);
});

test("without a choice there are the columns that the server calls usual", () => {
  const schema = { usual_columns: ["end", "initiator"] };
  expect(shownColumns([], schema)).toEqual(["end", "initiator"]);
  expect(shownColumns(["action"], schema)).toEqual(["action"]);
  expect(shownColumns(["action"], undefined)).toEqual(["action"]);
  expect(shownColumns([], undefined)).toBeNull();
  expect(recordOf([column("a")], []).get("a")).toBeNull();
});

/** Records that differ in their bytes alone. */
function records(...bytes: readonly number[]) {
  const columns = [...KEY_COLUMNS].toReversed().map(column);
  const cell = (name: string, value: number) => (name === "bytes" ? value : 0);
  return { columns, rows: bytes.map((it) => columns.map(({ name }) => cell(name, it))) };
}

/** Where the record at `index` of some is among others. */
function moved(index: number, before: readonly number[], after: readonly number[]): number {
  const picked = pickedAt(records(...before), index);
  return picked ? placeOf(records(...after), picked) : NaN;
}

test("a record is found again by what it is", () => {
  expect(moved(0, [7, 8], [7, 8])).toBe(0);
  expect(moved(0, [7, 8], [5, 6, 7, 8])).toBe(2);
  expect(moved(1, [7, 8], [7])).toBe(-1);
  expect(pickedAt(records(7), 1)).toBeNull();
});

test("of records that are alike, the very one is found", () => {
  const answer = records(7, 7, 7);
  const picked = pickedAt(answer, 1);
  expect(picked && placeOf(answer, picked)).toBe(1);
});
