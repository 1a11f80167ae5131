import { expect, test } from "vitest";

import { typeWord } from "./typeWord";

test("types of the engine and of answers have the same word", () => {
  const types = [
    ["Utf8View", "text"],
    ["text", "text"],
    ["Int64", "number"],
    ["bigint", "number"],
    ['Timestamp(ms, "UTC")', "time"],
    ["timestamp", "time"],
    ["Date32", "date"],
    ["Boolean", "flag"],
    ["List(Utf8, field: 'element')", "list"],
    ["list of text", "list"],
    ['Map("key_value": non-null Struct("key": non-null Utf8))', "map"],
    ["Interval", "Interval"],
  ] satisfies [string, string][];
  for (const [type, word] of types) expect(typeWord(type), type).toBe(word);
});
