// Who talks to whom over which port: from client over port to server, at most 60 nodes.
// Data in, events out; the geometry is in sankeyLayout.ts.
import { useMemo, useState } from "react";

import { middle, wordOf } from "../lib/text";
import { percent } from "../lib/units";
import { AmountTable } from "./AmountTable";
import { Figure } from "./Figure";
import { Marks } from "./Marks";
import type { Mark } from "./Marks";
import type { Pair, Side } from "./matrixLayout";
import { amountWords } from "./measure";
import type { Measure } from "./measure";
import type { Key, OnPick } from "./pick";
import { placeSankey } from "./sankeyLayout";
import type { LinkPlace, NodePlace, SankeyPlaces } from "./sankeyLayout";
import { useWidth } from "./useWidth";
import styles from "./Sankey.module.css";

export interface SankeyProps {
  /** At most `keptMax` values each, with all that they have. */
  columns: readonly SankeyColumn[];
  /** From each column to the next: all pairs among their values. */
  links: readonly (readonly Pair[])[];
  total: number;
  measure: Measure;
  /** The word of a value, e.g. "443 https"; plain if it is not given. */
  wordFor?: (field: string, value: Key) => string;
  onPick: OnPick;
}

export interface SankeyColumn extends Side {
  /** The field that a pick names. */
  field: string;
  title: string;
}

const HEIGHT_MIN = 320;
const HEIGHT_MAX = 720;
const HEIGHT_PER_NODE = 26;
const HEAD = 24;
/** Labels closer than this run into each other. */
const LABEL_HEIGHT = 12;
/** So many ports have a colour of their own; the rest is grey. */
const N_COLOURS = 7;

export function Sankey(props: SankeyProps) {
  const { columns, links, total, measure, onPick } = props;
  const [ref, width] = useWidth();
  const [active, setActive] = useState<string | null>(null);
  const margin = width < 700 ? 108 : 168;
  const height = heightFor(columns);
  const places = useMemo(() => {
    const inner = { width: width - 2 * margin, height: height - HEAD - 4 };
    return placeSankey({ columns, links, total, ...inner });
  }, [columns, links, total, width, margin, height]);
  const wordFor = props.wordFor ?? wordOf;
  const word = (node: NodePlace) =>
    node.isOther ? otherWord(node) : wordFor(columns[node.column]?.field ?? "", node.value);
  const name = nameOf(places, columns, word, measure);
  const colours = colourOf(places.nodes);
  const marks = marksOf(places, columns, word, measure, margin);
  return (
    <Figure name={name} table={<LinkTable {...props} name={name} places={places} word={word} />}>
      <div ref={ref} className={styles.stage} style={{ height }}>
        <svg role="img" aria-label={name} width={width} height={height} className={styles.picture}>
          {columns.map((column, index) => (
            <text
              key={column.field}
              className={styles.head}
              x={headX(index, columns.length, width, margin)}
              y={12}
              textAnchor={anchorOf(index, columns.length)}
            >
              {column.title}
            </text>
          ))}
          <g transform={`translate(${margin} ${HEAD})`}>
            {places.links.map((link) => (
              <path
                key={linkId(link)}
                className={linkClass(link, active)}
                data-colour={colours.get(portOf(link).id) ?? "other"}
                d={linkPath(link)}
                strokeWidth={link.thickness}
              />
            ))}
            {places.nodes.map((node) => (
              <rect
                key={node.id}
                className={styles.node}
                data-colour={node.isOther ? "other" : (colours.get(node.id) ?? "plain")}
                x={node.x}
                y={node.y}
                width={node.width}
                height={node.height}
              />
            ))}
            {labelled(places.nodes).map((node) => (
              <text
                key={node.id}
                className={node.column === 1 ? styles.port : styles.label}
                x={node.column === 0 ? node.x - 6 : node.x + node.width + 6}
                y={node.y + node.height / 2}
                dy="0.32em"
                textAnchor={node.column === 0 ? "end" : "start"}
              >
                {middle(word(node), margin > 120 ? 24 : 15)}
              </text>
            ))}
          </g>
        </svg>
        <Marks
          name={name}
          marks={marks}
          width={width}
          height={height}
          onPick={onPick}
          onActive={setActive}
        />
      </div>
    </Figure>
  );
}

function heightFor(columns: readonly SankeyColumn[]): number {
  const nMost = Math.max(1, ...columns.map((column) => column.values.length));
  return Math.min(HEIGHT_MAX, Math.max(HEIGHT_MIN, nMost * HEIGHT_PER_NODE));
}

function otherWord(node: NodePlace): string {
  return node.nValues > 0 ? `Other (${node.nValues})` : "Other";
}

/** The sentence that names the picture: its largest port, client and server. */
function nameOf(
  places: SankeyPlaces,
  columns: readonly SankeyColumn[],
  word: (node: NodePlace) => string,
  measure: Measure,
): string {
  if (places.total === 0) return `No ${measure.noun} to draw`;
  const parts = columns.map((column, index) => {
    const all = places.nodes.filter((node) => node.column === index && !node.isOther);
    const top = all.toSorted((a, b) => b.amount - a.amount)[0];
    if (top === undefined) return `${column.title.toLowerCase()}: only Other`;
    return `${column.title.toLowerCase()} ${word(top)} ${percent(top.amount / places.total)}`;
  });
  return `${amountWords(measure, places.total)}. Largest: ${parts.join(", ")}`;
}

/** The largest ports (middle column) have colours, from 1. */
function colourOf(nodes: readonly NodePlace[]): Map<string, number> {
  const ports = nodes.filter((node) => node.column === 1 && !node.isOther);
  const largest = ports.toSorted((a, b) => b.amount - a.amount).slice(0, N_COLOURS);
  return new Map(largest.map((node, index) => [node.id, index + 1]));
}

function portOf(link: LinkPlace): NodePlace {
  return link.source.column === 0 ? link.target : link.source;
}

function linkId(link: LinkPlace): string {
  return `${link.source.id}>${link.target.id}`;
}

function linkClass(link: LinkPlace, active: string | null): string | undefined {
  if (active === null) return styles.link;
  const isOn = [linkId(link), link.source.id, link.target.id].includes(active);
  return `${styles.link} ${isOn ? styles.on : styles.off}`;
}

function linkPath(link: LinkPlace): string {
  const x0 = link.source.x + link.source.width;
  const x1 = link.target.x;
  const middle = (x0 + x1) / 2;
  return `M${x0},${link.ySource}C${middle},${link.ySource} ${middle},${link.yTarget} ${x1},${link.yTarget}`;
}

/** The same link as an outline, for the layer of marks; at least 4 high, to be hit. */
function linkOutline(link: LinkPlace, margin: number): string {
  const half = Math.max(4, link.thickness) / 2;
  const x0 = link.source.x + link.source.width + margin;
  const x1 = link.target.x + margin;
  const middle = (x0 + x1) / 2;
  const from = link.ySource + HEAD;
  const to = link.yTarget + HEAD;
  return (
    `M${x0},${from - half}C${middle},${from - half} ${middle},${to - half} ${x1},${to - half}` +
    `V${to + half}C${middle},${to + half} ${middle},${from + half} ${x0},${from + half}Z`
  );
}

/** The nodes whose labels have room, the largest first. */
function labelled(nodes: readonly NodePlace[]): NodePlace[] {
  const shown: NodePlace[] = [];
  for (const node of [...nodes].toSorted((a, b) => b.amount - a.amount)) {
    const y = node.y + node.height / 2;
    const isFree = shown.every((it) => {
      return it.column !== node.column || Math.abs(it.y + it.height / 2 - y) >= LABEL_HEIGHT;
    });
    if (isFree) shown.push(node);
  }
  return shown;
}

function marksOf(
  places: SankeyPlaces,
  columns: readonly SankeyColumn[],
  word: (node: NodePlace) => string,
  measure: Measure,
  margin: number,
): Mark[] {
  const amount = (it: number) => `${measure.short(it)}, ${percent(it / places.total)}`;
  const termsOf = (node: NodePlace) => {
    const field = columns[node.column]?.field;
    return node.isOther || field === undefined ? [] : [{ field, value: node.value }];
  };
  const links = places.links.map((link) => {
    const terms = [...termsOf(link.source), ...termsOf(link.target)];
    return {
      id: linkId(link),
      name: `${word(link.source)} to ${word(link.target)}: ${amount(link.amount)}`,
      lines: [measure.exact(link.amount)],
      path: linkOutline(link, margin),
      x: (link.source.x + link.target.x + link.source.width) / 2 + margin,
      y: (link.ySource + link.yTarget) / 2 + HEAD,
      terms: terms.length === 2 ? terms : [],
    };
  });
  const nodes = places.nodes.map((node) => {
    const label = 6 + margin - 8;
    const left = node.column === 0 ? node.x - label : node.x;
    const height = Math.max(8, node.height);
    const top = node.y + node.height / 2 - height / 2 + HEAD;
    const wide = node.column === 1 ? node.width : node.width + label;
    return {
      id: node.id,
      name: `${columns[node.column]?.title ?? ""} ${word(node)}: ${amount(node.amount)}`,
      lines: [measure.exact(node.amount)],
      path: `M${left + margin},${top}h${wide}v${height}h${-wide}Z`,
      x: node.x + node.width / 2 + margin,
      y: node.y + node.height / 2 + HEAD,
      terms: termsOf(node),
    };
  });
  return [...links, ...nodes];
}

function anchorOf(index: number, nColumns: number): "start" | "middle" | "end" {
  if (index === 0) return "end";
  return index === nColumns - 1 ? "start" : "middle";
}

function headX(index: number, nColumns: number, width: number, margin: number): number {
  const inner = width - 2 * margin;
  return margin + (inner * index) / Math.max(1, nColumns - 1);
}

interface LinkTableProps extends SankeyProps {
  name: string;
  places: SankeyPlaces;
  word: (node: NodePlace) => string;
}

/** The links as rows: the numbers of the picture. */
function LinkTable({ name, places, measure, word }: LinkTableProps) {
  const rows = places.links
    .map((link) => ({
      id: linkId(link),
      cells: [word(link.source), word(link.target)],
      amount: link.amount,
    }))
    .toSorted((a, b) => b.amount - a.amount);
  return (
    <AmountTable
      name={name}
      heads={["From", "To"]}
      rows={rows}
      total={places.total}
      measure={measure}
    />
  );
}
