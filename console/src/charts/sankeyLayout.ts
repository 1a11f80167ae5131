// Paths (client, port, server) to nodes and links with places. Pure.
// Each column keeps its largest nodes; the rest becomes one node "Other", so the sum stays exact.
import { sankey } from "d3-sankey";
import type { Key } from "./pick";

/** More than this cannot be told apart on a screen, and larger maps freeze browsers. */
export const NODES_MAX = 60;

/** Links thinner than this would vanish. */
const WIDTH_MIN = 1;

export interface Path {
  key: readonly Key[];
  value: number;
}

export interface SankeyAsk {
  paths: readonly Path[];
  /** What the paths leave out: it goes from Other to Other. */
  rest: number;
  nColumns: number;
  width: number;
  height: number;
}

export interface NodePlace {
  id: string;
  column: number;
  /** null with `isOther`: not one value. */
  value: Key;
  isOther: boolean;
  /** How many values are in it: 1, or more for Other. */
  nValues: number;
  amount: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface LinkPlace {
  source: NodePlace;
  target: NodePlace;
  amount: number;
  thickness: number;
  ySource: number;
  yTarget: number;
}

export interface SankeyPlaces {
  nodes: NodePlace[];
  links: LinkPlace[];
  total: number;
}

interface Draft {
  id: string;
  column: number;
  value: Key;
  isOther: boolean;
  nValues: number;
  amount: number;
}

/** What d3 is told of a node. */
type Box = Pick<Draft, "id" | "column" | "isOther" | "amount">;

const NODE_WIDTH = 10;
const NODE_GAP = 6;

/** Where everything goes; empty if there is nothing to draw. */
export function placeSankey(ask: SankeyAsk): SankeyPlaces {
  const paths = ask.paths.filter((path) => path.value > 0);
  const rest = Math.max(0, ask.rest);
  const total = paths.reduce((sum, path) => sum + path.value, rest);
  if (total <= 0 || ask.width <= 0 || ask.height <= 0) return { nodes: [], links: [], total: 0 };
  const drafts = gather(paths, rest, ask.nColumns);
  const links = join(paths, rest, drafts, ask.nColumns);
  return place(ask, drafts, links, total);
}

/** The nodes of each column, the largest kept, the rest as one. */
function gather(paths: readonly Path[], rest: number, nColumns: number): Map<string, Draft> {
  const nKeptMax = Math.floor(NODES_MAX / nColumns) - 1;
  const drafts = new Map<string, Draft>();
  for (let column = 0; column < nColumns; column += 1) {
    const sums = new Map<Key, number>();
    for (const path of paths) {
      const value = path.key[column] ?? null;
      sums.set(value, (sums.get(value) ?? 0) + path.value);
    }
    const sorted = [...sums].toSorted((a, b) => b[1] - a[1]);
    const isTight = sorted.length > nKeptMax + (rest > 0 ? 0 : 1);
    const kept = isTight ? sorted.slice(0, nKeptMax) : sorted;
    const left = isTight ? sorted.slice(nKeptMax) : [];
    for (const [value, amount] of kept) {
      const id = nodeId(column, value);
      drafts.set(id, { id, column, value, isOther: false, nValues: 1, amount });
    }
    const amount = left.reduce((sum, [, it]) => sum + it, rest);
    if (amount > 0) {
      const id = otherId(column);
      const nValues = left.length;
      drafts.set(id, { id, column, value: null, isOther: true, nValues, amount });
    }
  }
  return drafts;
}

interface Joint {
  source: string;
  target: string;
  value: number;
}

function join(
  paths: readonly Path[],
  rest: number,
  drafts: ReadonlyMap<string, Draft>,
  nColumns: number,
): Joint[] {
  const joints = new Map<string, Joint>();
  const add = (source: string, target: string, value: number) => {
    const id = `${source}>${target}`;
    const joint = joints.get(id);
    if (joint === undefined) joints.set(id, { source, target, value });
    else joint.value += value;
  };
  const idOf = (path: Path, column: number) => {
    const id = nodeId(column, path.key[column] ?? null);
    return drafts.has(id) ? id : otherId(column);
  };
  for (let column = 0; column + 1 < nColumns; column += 1) {
    for (const path of paths) add(idOf(path, column), idOf(path, column + 1), path.value);
    if (rest > 0) add(otherId(column), otherId(column + 1), rest);
  }
  return [...joints.values()];
}

function place(
  ask: SankeyAsk,
  drafts: ReadonlyMap<string, Draft>,
  joints: readonly Joint[],
  total: number,
): SankeyPlaces {
  const counts = Array.from({ length: ask.nColumns }, () => 0);
  for (const draft of drafts.values()) counts[draft.column] = (counts[draft.column] ?? 0) + 1;
  const gap = Math.min(NODE_GAP, ask.height / 3 / Math.max(...counts));
  const layout = sankey<Box, object>()
    .nodeId((node) => node.id)
    .nodeAlign((node) => node.column)
    .nodeSort((a, b) => Number(a.isOther) - Number(b.isOther) || b.amount - a.amount)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(gap)
    .extent([
      [0, 0],
      [ask.width, ask.height],
    ]);
  const graph = layout({
    // d3 writes into what it gets, and has its own meaning of `value`.
    nodes: [...drafts.values()].map(({ id, column, isOther, amount }) => {
      return { id, column, isOther, amount };
    }),
    links: joints.map((joint) => ({ ...joint })),
  });
  const nodes = new Map<string, NodePlace>();
  for (const { id, x0 = 0, y0 = 0, y1 = 0 } of graph.nodes) {
    const draft = drafts.get(id);
    if (draft === undefined) continue;
    const height = Math.max(WIDTH_MIN, y1 - y0);
    nodes.set(id, { ...draft, x: x0, y: y0, width: NODE_WIDTH, height });
  }
  const links: LinkPlace[] = [];
  for (const link of graph.links) {
    const source = nodes.get(idOfEnd(link.source));
    const target = nodes.get(idOfEnd(link.target));
    if (source === undefined || target === undefined) continue;
    links.push({
      source,
      target,
      amount: link.value,
      thickness: Math.max(WIDTH_MIN, link.width ?? 0),
      ySource: link.y0 ?? 0,
      yTarget: link.y1 ?? 0,
    });
  }
  return { nodes: [...nodes.values()], links, total };
}

/** d3 replaces the ids of a link's ends by the nodes. */
function idOfEnd(end: string | number | { id: string }): string {
  return typeof end === "object" ? end.id : String(end);
}

/** The kind is in the id: the port 443 and the text "443" are two values. */
function nodeId(column: number, value: Key): string {
  return `${column}:${JSON.stringify(value)}`;
}

function otherId(column: number): string {
  return `${column}:other`;
}
