import { expect, test } from "vitest";
import { NODES_MAX, placeSankey } from "./sankeyLayout";
import type { Path } from "./sankeyLayout";

const size = { nColumns: 3, width: 900, height: 500 };

/** `n` clients over a few ports to a few servers, the first the largest. */
function paths(n: number): Path[] {
  return Array.from({ length: n }, (_, i) => ({
    key: [`10.0.${i >> 8}.${i & 255}`, 1000 + (i % 30), `10.9.0.${i % 40}`],
    value: n - i,
  }));
}

test("a few paths are drawn as they are, without Other", () => {
  const { nodes, links, total } = placeSankey({ ...size, paths: paths(5), rest: 0 });
  expect(total).toBe(15);
  expect(nodes.map((node) => node.isOther)).not.toContain(true);
  expect(nodes).toHaveLength(15);
  expect(links).toHaveLength(10);
});

test("many paths keep the cap, and every column adds up to the total", () => {
  const { nodes, total } = placeSankey({ ...size, paths: paths(400), rest: 1234 });
  expect(nodes.length).toBeLessThanOrEqual(NODES_MAX);
  expect(total).toBe((400 * 401) / 2 + 1234);
  for (const column of [0, 1, 2]) {
    const amounts = nodes.filter((node) => node.column === column).map((node) => node.amount);
    expect(amounts.reduce((sum, it) => sum + it, 0)).toBe(total);
  }
});

test("the rest alone goes from Other to Other", () => {
  const { nodes, links } = placeSankey({ ...size, paths: [], rest: 7 });
  expect(nodes.map((node) => node.isOther)).toEqual([true, true, true]);
  expect(links.map((link) => link.amount)).toEqual([7, 7]);
});

test("everything lies inside of the picture, the largest node on top, Other at the bottom", () => {
  const { nodes } = placeSankey({ ...size, paths: paths(100), rest: 50 });
  for (const node of nodes) {
    expect(node.y).toBeGreaterThanOrEqual(-0.01);
    expect(node.y + node.height).toBeLessThanOrEqual(size.height + 1);
  }
  const first = nodes.filter((node) => node.column === 0).toSorted((a, b) => a.y - b.y);
  expect(first[0]?.value).toBe("10.0.0.0");
  expect(first.at(-1)?.isOther).toBe(true);
});

test("one value more than fits is shown rather than an Other of one", () => {
  const twenty = Array.from({ length: 20 }, (_, i) => ({ key: [`c${i}`, 443, "s"], value: 1 }));
  const { nodes } = placeSankey({ ...size, paths: twenty, rest: 0 });
  expect(nodes.filter((node) => node.isOther)).toHaveLength(0);
});

test("a value that is not known and a text of the same words are two nodes", () => {
  const both = [
    { key: [null, 443, "s"], value: 2 },
    { key: ["null", 443, "s"], value: 1 },
  ];
  const { nodes } = placeSankey({ ...size, paths: both, rest: 0 });
  expect(nodes.filter((node) => node.column === 0)).toHaveLength(2);
});

test("nothing gives nothing", () => {
  expect(placeSankey({ ...size, paths: [], rest: 0 }).nodes).toEqual([]);
});
