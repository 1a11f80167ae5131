import { expect, test } from "vitest";

import { durationText, instantOf, rfc3339, shifted, timeShort, windowText } from "./time";

const NOW = new Date("2026-03-02T14:05:09Z");

/** Reads `text` at a fixed moment and writes it back as RFC 3339. */
function check(text: string): string | null {
  const instant = instantOf(text, NOW);
  return instant && rfc3339(instant);
}

test("the forms of the server are read the same way", () => {
  expect(check("now")).toBe("2026-03-02T14:05:09Z");
  expect(check("-90m")).toBe("2026-03-02T12:35:09Z");
  expect(check("-7d")).toBe("2026-02-23T14:05:09Z");
  expect(check("today")).toBe("2026-03-02T00:00:00Z");
  expect(check("yesterday 14:00")).toBe("2026-03-01T14:00:00Z");
  expect(check("2026-03-01")).toBe("2026-03-01T00:00:00Z");
  expect(check("2026-03-01T10:00:00Z")).toBe("2026-03-01T10:00:00Z");
  expect(check("2026-03-01 10:00")).toBe("2026-03-01T10:00:00Z");
  expect(check("2026-03-01T10:00:00+02:00")).toBe("2026-03-01T08:00:00Z");
});

test("what is not read here is left to the server", () => {
  expect(check("last tuesday")).toBeNull();
  expect(check("2026-99-99")).toBeNull();
});

test("a window moves by its own length", () => {
  const window = {
    from: new Date("2026-03-02T10:00:00Z"),
    until: new Date("2026-03-02T12:00:00Z"),
  };
  expect(shifted(window, -1)).toEqual({
    from: "2026-03-02T08:00:00Z",
    until: "2026-03-02T10:00:00Z",
  });
  expect(shifted(window, 1).until).toBe("2026-03-02T14:00:00Z");
});

test("windows and lengths are said in words", () => {
  expect(windowText("-24h", "now", "utc")).toBe("Last 24 hours");
  expect(windowText("-1h", "now", "utc")).toBe("Last hour");
  expect(windowText("2026-03-01T10:00:00Z", "now", "utc")).toBe("1 Mar 10:00 – now");
  expect(timeShort(NOW, "utc")).toBe("2 Mar 14:05:09");
  expect(durationText(200_000)).toBe("3 min 20 s");
  expect(durationText(7_200_000)).toBe("2 h");
});
