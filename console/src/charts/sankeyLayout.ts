// Columns of values, and what flows between neighbours, to nodes and links with places. Pure.
// Each column keeps its largest values; the rest is one node "Other", so every node is exact.
import { sankey } from "d3-sankey";

import { gridOf, headsOf } from "./matrixLayout";
import type { Head, Pair, Side } from "./matrixLayout";

/** More than this cannot be told apart on a screen, and larger maps freeze browsers. */
export const NODES_MAX = 60;

/** Links thinner than this would vanish. */
const WIDTH_MIN = 1;

export interface SankeyAsk {
  columns: readonly Side[];
  /** From each column to the next: all pairs among their listed values. */
  links: readonly (readonly Pair[])[];
  total: number;
  width: number;
  height: number;
}

export interface NodePlace extends Head {
  id: string;
  column: number;
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

interface Draft extends Head {
  id: string;
  column: number;
}

/** What d3 is told of a node. */
type Box = Pick<Draft, "id" | "column" | "isOther" | "amount">;

interface Joint {
  source: string;
  target: string;
  value: number;
}

const NODE_WIDTH = 10;
const NODE_GAP = 6;

/** So many values of each column are kept, Other not counted. */
export function keptMax(nColumns: number): number {
  return Math.floor(NODES_MAX / nColumns) - 1;
}

/** Where everything goes; empty if there is nothing to draw. */
export function placeSankey(ask: SankeyAsk): SankeyPlaces {
  const { columns, links, total } = ask;
  if (total <= 0 || ask.width <= 0 || ask.height <= 0) return { nodes: [], links: [], total: 0 };
  const sideMax = keptMax(columns.length) + 1;
  const drafts = columns.flatMap((side, column) =>
    headsOf(side, total, sideMax).map((head) => ({ ...head, column, id: idOf(column, head) })),
  );
  const joints: Joint[] = [];
  columns.forEach((side, column) => {
    const next = columns[column + 1];
    if (next === undefined) return;
    const grid = gridOf({ sides: [side, next], pairs: links[column] ?? [], total, sideMax });
    grid.rows.forEach((from, row) => {
      grid.columns.forEach((to, at) => {
        const value = grid.amounts[row]?.[at] ?? 0;
        if (value <= 0) return;
        joints.push({ source: idOf(column, from), target: idOf(column + 1, to), value });
      });
    });
  });
  return place(ask, drafts, joints);
}

function place(ask: SankeyAsk, drafts: readonly Draft[], joints: readonly Joint[]): SankeyPlaces {
  const counts = ask.columns.map((_, at) => drafts.filter((it) => it.column === at).length);
  const gap = Math.min(NODE_GAP, ask.height / 3 / Math.max(1, ...counts));
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
    nodes: drafts.map(({ id, column, isOther, amount }) => ({ id, column, isOther, amount })),
    links: joints.map((joint) => ({ ...joint })),
  });
  const nodes = new Map<string, NodePlace>();
  graph.nodes.forEach(({ id, x0 = 0, y0 = 0, y1 = 0 }, index) => {
    const draft = drafts[index];
    if (draft === undefined) return;
    const height = Math.max(WIDTH_MIN, y1 - y0);
    nodes.set(id, { ...draft, x: x0, y: y0, width: NODE_WIDTH, height });
  });
  const links: LinkPlace[] = [];
  for (const link of graph.links) {
    const source = nodes.get(endId(link.source));
    const target = nodes.get(endId(link.target));
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
  return { nodes: [...nodes.values()], links, total: ask.total };
}

/** d3 replaces the ids of a link's ends by the nodes. */
function endId(end: string | number | { id: string }): string {
  return typeof end === "object" ? end.id : String(end);
}

/** The kind is in the id: the port 443 and the text "443" are two values. */
function idOf(column: number, head: Head): string {
  return head.isOther ? `${column}:other` : `${column}:${JSON.stringify(head.value)}`;
}
