import { expect, test } from "vitest";

import { bitsPerSecond, bytesShort, change, countShort, exact, percent } from "./units";

test("bytes have three figures and a unit of 1024", () => {
  expect([0, 999, 1023, 1024, 1536, 123_456_789, 2 ** 40].map(bytesShort)).toEqual([
    "0 B",
    "999 B",
    "1,023 B",
    "1.00 KiB",
    "1.50 KiB",
    "118 MiB",
    "1.00 TiB",
  ]);
});

test("rates are decimal bits", () => {
  expect([0, 12, 12_000, 9_990_000].map(bitsPerSecond)).toEqual([
    "0 bit/s",
    "12 bit/s",
    "12.0 kbit/s",
    "9.99 Mbit/s",
  ]);
});

test("counts stay whole until they are long", () => {
  expect([7, 9999, 10_000, 1_234_567_890].map(countShort)).toEqual([
    "7",
    "9,999",
    "10.0 k",
    "1.23 G",
  ]);
  expect(exact(1_234_567_890)).toBe("1,234,567,890");
});

test("a share is never rounded to nothing or to all", () => {
  expect([0, 0.0001, 0.051, 0.5, 0.989, 0.997, 0.9996, 0.9999, 1].map(percent)).toEqual([
    "0 %",
    "< 0.1 %",
    "5.1 %",
    "50 %",
    "99 %",
    "99.7 %",
    "> 99.9 %",
    "> 99.9 %",
    "100 %",
  ]);
});

test("a change says what is new and what grew many times", () => {
  expect(change(5, 0)).toBe("new");
  expect(change(0, 0)).toBe("0 %");
  expect(change(110, 100)).toBe("+10 %");
  expect(change(95, 100)).toBe("−5.0 %");
  expect(change(2000, 100)).toBe("× 20.0");
});

test("only what is gone lost all of it", () => {
  expect(change(0, 1000)).toBe("−100 %");
  expect(change(1, 1000)).toBe("−99.9 %");
  expect(change(3, 1000)).toBe("−99.7 %");
  expect(change(1, 100_000)).toBe("< −99.9 %");
  expect(change(30, 1000)).toBe("−97 %");
});
