// What changed most against the same time a week ago.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import * as queries from "../../api/queries";
import type { ExploreRow } from "../../api/types";
import { measureOf } from "../../lib/measure";
import { fieldWord } from "../../lib/text";
import { change } from "../../lib/units";
import { scopeOf } from "../../state/question";
import type { Question } from "../../state/search";
import { Answer } from "../../ui/Answer";
import { Panel } from "../../ui/Panel";
import { EmptyState } from "../../ui/State";
import { Tabs } from "../../ui/Tabs";
import { Value } from "../../ui/Value";
import styles from "../home.module.css";

const FIELDS = [
  { id: "server_port", label: "Ports" },
  { id: "client_addr", label: "Clients" },
  { id: "server_addr", label: "Servers" },
  { id: "dst_as_name", label: "Networks" },
] as const;

/** Movers are looked for among so many of the largest. */
const N_LARGEST = 100;
const N_SHOWN = 8;
const HEIGHT = 260;

export function Movers({ question }: { question: Question }) {
  const [field, setField] = useState<(typeof FIELDS)[number]["id"]>("server_port");
  const { metric } = question;
  const answer = useQuery(
    queries.explore({
      ...scopeOf(question),
      by: [field],
      metric,
      limit: N_LARGEST,
      bucket: "none",
      compare: "week",
    }),
  );
  const measure = measureOf(metric);
  return (
    <Panel
      title="Top movers against last week"
      tools={<Tabs label="Movers of" tabs={FIELDS} value={field} onChange={setField} />}
    >
      <Answer query={answer} height={HEIGHT} lines={8}>
        {({ rows, total }) => {
          if ((total.previous ?? 0) === 0) {
            return (
              <EmptyState title="No records of last week to compare with">
                The lake begins later, or the filter found nothing then
              </EmptyState>
            );
          }
          const movers = moversOf(rows);
          if (movers.length === 0) {
            return (
              <EmptyState title="Nothing moved">Last week was the same, or is not there</EmptyState>
            );
          }
          return (
            <table className={styles.movers}>
              <thead>
                <tr>
                  <th scope="col">{fieldWord(field)}</th>
                  <th scope="col">Now</th>
                  <th scope="col">Last week</th>
                  <th scope="col">Change</th>
                </tr>
              </thead>
              <tbody>
                {movers.map((it) => (
                  <tr key={String(it.key[0])}>
                    <td>
                      <Value field={field} value={it.key[0] ?? null} />
                    </td>
                    <td title={measure.exact(it.value)}>{measure.short(it.value)}</td>
                    <td title={measure.exact(it.previous ?? 0)}>
                      {measure.short(it.previous ?? 0)}
                    </td>
                    <td>{change(it.value, it.previous ?? 0)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </Answer>
    </Panel>
  );
}

/** The rows that moved most, up or down. */
export function moversOf(rows: readonly ExploreRow[]): ExploreRow[] {
  const moved = (it: ExploreRow) => Math.abs(it.value - (it.previous ?? 0));
  return rows
    .filter((it) => it.previous !== null && moved(it) > 0)
    .toSorted((one, other) => moved(other) - moved(one))
    .slice(0, N_SHOWN);
}
