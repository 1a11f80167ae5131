// VPC > subnet > interface as lines of a table: what is open, how deep, what hides below. Pure.
import type { CoverageResource } from "../api/types";

/** One place shows so many of its children at first. */
export const CHILDREN_MAX = 200;

export interface TreeLine {
  resource: CoverageResource;
  depth: number;
  nChildren: number;
  isOpen: boolean;
  /** Children that are left out, told after the last one that is shown. */
  nHidden: number;
}

export interface TreeAsk {
  resources: readonly CoverageResource[];
  /** Ids of what was opened or closed by hand. */
  toggled: ReadonlySet<string>;
  /** Only these states, with what they lie in; empty for all. */
  states: ReadonlySet<string>;
  /** Part of an id or name; "" for all. */
  word: string;
}

/** The lines that are shown. VPCs are open at first, subnets are not; a search opens all it finds. */
export function treeLines({ resources, toggled, states, word }: TreeAsk): TreeLine[] {
  const ids = new Set(resources.map((it) => it.id));
  const children = new Map<string, CoverageResource[]>();
  const roots: CoverageResource[] = [];
  for (const it of resources) {
    if (it.parent === null || !ids.has(it.parent)) roots.push(it);
    else children.set(it.parent, [...(children.get(it.parent) ?? []), it]);
  }
  const isSearch = word !== "" || states.size > 0;
  const wanted = new Set<string>();
  const mark = (it: CoverageResource): boolean => {
    let isWanted = fits(it, states, word);
    for (const child of children.get(it.id) ?? []) isWanted = mark(child) || isWanted;
    if (isWanted) wanted.add(it.id);
    return isWanted;
  };
  for (const root of roots) mark(root);
  const lines: TreeLine[] = [];
  const add = (it: CoverageResource, depth: number) => {
    const below = (children.get(it.id) ?? []).filter((child) => wanted.has(child.id));
    const isOpen = (isSearch || depth === 0) !== toggled.has(it.id);
    const shown = isOpen ? below.slice(0, CHILDREN_MAX) : [];
    const nHidden = isOpen ? below.length - shown.length : 0;
    lines.push({ resource: it, depth, nChildren: below.length, isOpen, nHidden });
    for (const child of shown) add(child, depth + 1);
  };
  for (const root of roots) if (wanted.has(root.id)) add(root, 0);
  return lines;
}

function fits(it: CoverageResource, states: ReadonlySet<string>, word: string): boolean {
  if (states.size > 0 && !states.has(it.state)) return false;
  return word === "" || `${it.id} ${it.name ?? ""}`.toLowerCase().includes(word.toLowerCase());
}
