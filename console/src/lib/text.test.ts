import { expect, test } from "vitest";

import { fieldWord, middle, wordOf } from "./text";

test("a long word loses its middle, a short one nothing", () => {
  expect(middle("10.0.0.1")).toBe("10.0.0.1");
  const address = "2001:0db8:85a3:0000:0000:8a2e:0370:7334";
  expect(middle(address, 20)).toBe("2001:0db8:…0370:7334".replace("0db8:…", "0db8:…"));
  expect(middle(address, 20)).toHaveLength(20);
});

test("ports and protocols have names, what is not known says so", () => {
  expect(wordOf("server_port", 443)).toBe("443 https");
  expect(wordOf("protocol", "6")).toBe("TCP");
  expect(wordOf("bytes", 443)).toBe("443");
  expect(wordOf("srcaddr", null)).toBe("none");
  expect(fieldWord("reject_cause")).toBe("reject cause");
});
