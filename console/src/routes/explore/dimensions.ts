// Fields to group by, sorted into those of the client, of the server, and of neither.

import { fieldWord } from "../../lib/text";
import type { Question } from "../../state/search";
import type { OptionGroup } from "../../ui/Select";

/** The choices of a grouping: `side` first, then the rest, then nothing. */
export function groupingOptions(
  dimensions: readonly string[],
  side: "client" | "server",
  chosen: string,
): OptionGroup<string>[] {
  const mine = side === "client" ? CLIENT : SERVER;
  const known = dimensions.length > 0 ? dimensions : [...CLIENT_USUAL, ...SERVER_USUAL];
  const all = known.includes(chosen) || chosen === NOTHING ? known : [chosen, ...known];
  const option = (it: string) => ({ value: it, label: fieldWord(it) });
  const first = all.filter((it) => mine.test(it));
  const neither = all.filter((it) => !CLIENT.test(it) && !SERVER.test(it));
  const other = all.filter((it) => (side === "client" ? SERVER : CLIENT).test(it));
  return [
    { label: "Nothing", options: [{ value: NOTHING, label: "–" }] },
    {
      label: side === "client" ? "Client, source" : "Server, destination",
      options: first.map(option),
    },
    { label: "Connection, interface", options: neither.map(option) },
    { label: "The other side", options: other.map(option) },
  ].filter((it) => it.options.length > 0);
}

/** The choice of no grouping. */
export const NOTHING = "none";

const CLIENT = /^(client_|src|pkt_src)/;
const SERVER = /^(server_|dst|pkt_dst)/;
const CLIENT_USUAL = ["client_addr", "srcaddr", "srcport"];
const SERVER_USUAL = ["server_addr", "server_port", "dstaddr", "dstport"];

/** What the chart over a picture is grouped by: one field, and the colours are those of the picture. */
export function chartedBy({ view, by, server_by }: Question): string[] {
  if (view === "sankey") return ["server_port"];
  if (view === "matrix") return [by[0] ?? "client_addr"];
  return [...by, ...server_by];
}
