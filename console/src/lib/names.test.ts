// Names that people gave, and their namesakes.
import { expect, test } from "vitest";

import { distinctNames } from "./names";

test("namesakes of one kind are told apart", () => {
  const names = distinctNames({
    "sg-0aa11": "web",
    "sg-0bb22": "db",
    "sg-0cc33": "web",
    "i-0d": "db",
  });
  expect([...names.values()]).toEqual(["web …aa11", "db", "web …cc33", "db"]);
});
