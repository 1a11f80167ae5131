import { expect, test } from "vitest";

import { pieces, words } from "./highlight";

/** The words of a filter as `kind:text`, spaces left out. */
function check(filter: string): string {
  const found = words(filter);
  expect(found.map((it) => it.text).join("")).toBe(filter);
  return found
    .filter((it) => it.kind !== "space")
    .map((it) => `${it.kind}:${it.text}`)
    .join(" ");
}

test("fields, operators, values and key words are told apart", () => {
  expect(check("action = REJECT and dstport in (22, 3389)")).toBe(
    "field:action operator:= value:REJECT keyword:and field:dstport keyword:in operator:( " +
      "value:22 operator:, value:3389 operator:)",
  );
  expect(check('not src_as_name ~ "a \\" b"')).toBe(
    'keyword:not field:src_as_name operator:~ value:"a \\" b"',
  );
  expect(check("2001:db8::1 sg-0abc")).toBe("value:2001:db8::1 value:sg-0abc");
});

test("no text is lost, however broken", () => {
  for (const text of ['"open', "a==!b((", "'", "x = ü 🙂"]) check(text);
});

test("the fault is marked and nothing else", () => {
  const marked = pieces("action = REJEKT", { start: 9, end: 15 });
  expect(marked.filter((it) => it.isWrong).map((it) => it.text)).toEqual(["REJEKT"]);
  expect(marked.map((it) => it.text).join("")).toBe("action = REJEKT");
});
