import { expect, test } from "vitest";

import { csv } from "./ExportMenu";

test("CSV quotes what needs it and defuses formulas", () => {
  expect(
    csv([
      ["name", "n"],
      ['a "b", c', 5],
      ["=1+1", null],
    ]),
  ).toBe('name,n\r\n"a ""b"", c",5\r\n\'=1+1,\r\n');
});
