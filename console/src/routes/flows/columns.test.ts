import { expect, test } from "vitest";

import type { Column } from "../../api/types";
import { askedColumns, KEY_COLUMNS, recordOf, shownRows, USUAL_COLUMNS } from "./columns";

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

test("without a choice there are the usual columns", () => {
  expect(askedColumns([]).slice(0, USUAL_COLUMNS.length)).toEqual(USUAL_COLUMNS);
  expect(recordOf([column("a")], []).get("a")).toBeNull();
});
