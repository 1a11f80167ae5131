import { expect, test } from "vitest";

import type { Side } from "./matrixLayout";
import type { Key } from "./pick";
import { keptMax, NODES_MAX, placeSankey } from "./sankeyLayout";
import type { SankeyAsk } from "./sankeyLayout";

interface Path {
  key: Key[];
  value: number;
}

/** `n` clients over a few ports to a few servers, the first the largest. */
function paths(n: number): Path[] {
  return Array.from({ length: n }, (_, i) => ({
    key: [`10.0.${i >> 8}.${i & 255}`, 1000 + (i % 30), `10.9.0.${i % 40}`],
    value: n - i,
  }));
}

/** What a server answers about these paths: sides with exact amounts, pairs among what is listed. */
function ask(all: readonly Path[], rest = 0): SankeyAsk {
  const sum = (by: readonly number[]) => {
    const sums = new Map<string, Path>();
    for (const { key, value } of all) {
      const part = by.map((at) => key[at] ?? null);
      const known = sums.get(JSON.stringify(part));
      if (known === undefined) sums.set(JSON.stringify(part), { key: part, value });
      else known.value += value;
    }
    return [...sums.values()].toSorted((a, b) => b.value - a.value);
  };
  const columns = [0, 1, 2].map((at) => {
    const values = sum([at]).map((it) => ({ value: it.key[0] ?? null, amount: it.value }));
    return { values: values.slice(0, keptMax(3)), nValues: values.length } satisfies Side;
  });
  const isListed = (at: number, value: Key | undefined) =>
    columns[at]?.values.some((it) => it.value === value) ?? false;
  const links = [0, 1].map((at) =>
    sum([at, at + 1]).filter((it) => isListed(at, it.key[0]) && isListed(at + 1, it.key[1])),
  );
  const total = all.reduce((it, path) => it + path.value, rest);
  return { columns, links, total, width: 900, height: 500 };
}

test("a few paths are drawn as they are, without Other", () => {
  const { nodes, links, total } = placeSankey(ask(paths(5)));
  expect(total).toBe(15);
  expect(nodes.map((node) => node.isOther)).not.toContain(true);
  expect(nodes).toHaveLength(15);
  expect(links).toHaveLength(10);
});

test("many paths keep the cap, and every column adds up to the total", () => {
  const { nodes, total } = placeSankey(ask(paths(400), 1234));
  expect(nodes.length).toBeLessThanOrEqual(NODES_MAX);
  expect(total).toBe((400 * 401) / 2 + 1234);
  for (const column of [0, 1, 2]) {
    const amounts = nodes.filter((node) => node.column === column).map((node) => node.amount);
    expect(amounts.reduce((sum, it) => sum + it, 0)).toBe(total);
  }
});

test("a node has all that its value has, and its links add up to it", () => {
  const all = paths(400);
  const { nodes, links } = placeSankey(ask(all, 1234));
  const port = nodes.find((node) => node.value === 1000);
  const exact = all.filter((path) => path.key[1] === 1000).reduce((sum, it) => sum + it.value, 0);
  expect(port?.amount).toBe(exact);
  for (const node of nodes) {
    const left = links.filter((link) => link.target === node);
    const right = links.filter((link) => link.source === node);
    for (const side of [left, right].filter((it) => it.length > 0)) {
      expect(side.reduce((sum, link) => sum + link.amount, 0)).toBe(node.amount);
    }
  }
});

test("the rest alone goes from Other to Other", () => {
  const { nodes, links } = placeSankey(ask([], 7));
  expect(nodes.map((node) => node.isOther)).toEqual([true, true, true]);
  expect(links.map((link) => link.amount)).toEqual([7, 7]);
});

test("everything lies inside of the picture, the largest node on top, Other at the bottom", () => {
  const question = ask(paths(100), 50);
  const { nodes } = placeSankey(question);
  for (const node of nodes) {
    expect(node.y).toBeGreaterThanOrEqual(-0.01);
    expect(node.y + node.height).toBeLessThanOrEqual(question.height + 1);
  }
  const first = nodes.filter((node) => node.column === 0).toSorted((a, b) => a.y - b.y);
  expect(first[0]?.value).toBe("10.0.0.0");
  expect(first.at(-1)?.isOther).toBe(true);
});

test("a value that is not known and a text of the same words are two nodes", () => {
  const both = [
    { key: [null, 443, "s"], value: 2 },
    { key: ["null", 443, "s"], value: 1 },
  ];
  const { nodes } = placeSankey(ask(both));
  expect(nodes.filter((node) => node.column === 0)).toHaveLength(2);
});

test("nothing gives nothing", () => {
  expect(placeSankey(ask([])).nodes).toEqual([]);
});
