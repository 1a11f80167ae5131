import { expect, test } from "vitest";

import type { Pill } from "../api/types";
import { USUAL } from "../state/search";
import { addTerm, movePill, otherSide, pillsWith, placedIn, replacePill } from "./edit";

const pill = (text: string): Pill => ({
  text,
  is_negated: false,
  field: null,
  operator: "=",
  values: [],
  opposite: `not ${text}`,
  label: text,
});
const PILLS = [pill("a = 1"), pill("b = 2")];
const QUESTION = { ...USUAL, q: "a = 1 and b = 2", off: ["c = 3"], pin: ["d = 4"] };

test("a pill is replaced, removed, switched off and pinned", () => {
  const placed = { pill: pill("a = 1"), state: "on", index: 0 } as const;
  expect(replacePill(QUESTION, PILLS, placed, "a = 9")).toEqual({ q: "a = 9 and b = 2" });
  expect(replacePill(QUESTION, PILLS, placed, "")).toEqual({ q: "b = 2" });
  expect(replacePill(QUESTION, PILLS, placed, "x = 1 or y = 1").q).toBe(
    "(x = 1 or y = 1) and b = 2",
  );
  expect(movePill(QUESTION, PILLS, placed, "off")).toEqual({
    q: "b = 2",
    off: ["c = 3", "a = 1"],
  });
  expect(movePill(QUESTION, PILLS, placed, "pinned")).toEqual({
    q: "b = 2",
    pin: ["d = 4", "a = 1"],
  });
});

test("a pill that was off or pinned comes back", () => {
  const off = { pill: pill("c = 3"), state: "off", index: 0 } as const;
  expect(movePill(QUESTION, PILLS, off, "on")).toEqual({
    off: [],
    q: "a = 1 and b = 2 and c = 3",
  });
  const pinned = { pill: pill("d = 4"), state: "pinned", index: 0 } as const;
  expect(replacePill(QUESTION, PILLS, pinned, "")).toEqual({ pin: [] });
});

test("a pill is found by its text where others have gone, and not if it is gone itself", () => {
  const second = { pill: pill("b = 2"), state: "on", index: 1 } as const;
  expect(placedIn(QUESTION, PILLS, second)).toBe(second);
  expect(placedIn({ ...QUESTION, q: "b = 2" }, [pill("b = 2")], second)?.index).toBe(0);
  expect(placedIn({ ...QUESTION, q: "a = 1" }, [pill("a = 1")], second)).toBeNull();
  const off = { pill: pill("c = 3"), state: "off", index: 1 } as const;
  expect(placedIn(QUESTION, PILLS, off)?.index).toBe(0);
  expect(placedIn({ ...QUESTION, off: [] }, PILLS, off)).toBeNull();
});

test("the pills after a change are known before the server has read them", () => {
  const placed = { pill: pill("a = 1"), state: "on", index: 0 } as const;
  expect(pillsWith(PILLS, placed, "").map((it) => it.text)).toEqual(["b = 2"]);
  expect(pillsWith(PILLS, placed, "a = 9").map((it) => it.text)).toEqual(["a = 9", "b = 2"]);
  const off = { pill: pill("c = 3"), state: "off", index: 0 } as const;
  expect(pillsWith(PILLS, off, "")).toEqual(PILLS);
});

test("a term is added once, and takes the place of its opposite", () => {
  expect(addTerm(QUESTION, "c = 3", "c != 3").q).toBe("a = 1 and b = 2 and c = 3");
  expect(addTerm(QUESTION, "a = 1", "a != 1")).toEqual({});
  expect(addTerm(QUESTION, "a != 1", "a = 1").q).toBe("b = 2 and a != 1");
  expect(addTerm({ ...QUESTION, q: "a = 1 or b = 2" }, "c = 3", "c != 3").q).toBe(
    "(a = 1 or b = 2) and c = 3",
  );
  expect(addTerm({ ...QUESTION, q: "" }, "d = 4", "d != 4")).toEqual({});
});

test("fields swap their side and come back", () => {
  const fields = ["client_addr", "server_port", "srcaddr", "pkt_dstaddr", "security_group_ids"];
  expect(fields.map(otherSide)).toEqual([
    "server_addr",
    "client_port",
    "dstaddr",
    "pkt_srcaddr",
    "peer_security_group_ids",
  ]);
  expect(fields.map(otherSide).map(otherSide)).toEqual(fields);
  expect(otherSide("action")).toBe("action");
});
