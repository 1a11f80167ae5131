import { expect, test } from "vitest";

import type { CoverageResource } from "../api/types";
import { CHILDREN_MAX, treeLines } from "./tree";

function place(id: string, parent: string | null, state: CoverageResource["state"] = "logged") {
  const kind = id.startsWith("vpc") ? "vpc" : id.startsWith("subnet") ? "subnet" : "interface";
  return {
    kind,
    id,
    parent,
    state,
    name: null,
    why: "",
    flow_log_ids: [],
    newest: null,
    n_interfaces: 1,
  } satisfies CoverageResource;
}

const resources = [
  place("vpc-1", null, "partly"),
  place("subnet-1", "vpc-1"),
  place("eni-1", "subnet-1"),
  place("subnet-2", "vpc-1", "partly"),
  place("eni-2", "subnet-2", "not-logged"),
  place("eni-9", "subnet-gone", "broken"),
];

function check(ask: { toggled?: string[]; states?: string[]; word?: string }): string[] {
  const lines = treeLines({
    resources,
    toggled: new Set(ask.toggled ?? []),
    states: new Set(ask.states ?? []),
    word: ask.word ?? "",
  });
  return lines.map((line) => "  ".repeat(line.depth) + line.resource.id);
}

test("VPCs are open, subnets are not, and what has no parent is not lost", () => {
  expect(check({})).toEqual(["vpc-1", "  subnet-1", "  subnet-2", "eni-9"]);
});

test("what is toggled opens and closes", () => {
  expect(check({ toggled: ["subnet-2"] })).toContain("    eni-2");
  expect(check({ toggled: ["vpc-1"] })).toEqual(["vpc-1", "eni-9"]);
});

test("a search shows what it finds, in its place", () => {
  expect(check({ states: ["not-logged"] })).toEqual(["vpc-1", "  subnet-2", "    eni-2"]);
  expect(check({ word: "eni-1" })).toEqual(["vpc-1", "  subnet-1", "    eni-1"]);
  expect(check({ word: "no such" })).toEqual([]);
});

test("a place with very many children tells how many it leaves out", () => {
  const many = Array.from({ length: CHILDREN_MAX + 7 }, (_, i) => place(`eni-${i}`, "vpc-1"));
  const lines = treeLines({
    resources: [place("vpc-1", null), ...many],
    toggled: new Set(),
    states: new Set(),
    word: "",
  });
  expect(lines).toHaveLength(CHILDREN_MAX + 1);
  expect(lines[0]?.nHidden).toBe(7);
});
