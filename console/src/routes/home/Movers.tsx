// What changed most against the same time a week ago.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import * as queries from "../../api/queries";
import type { MoversAnswer } from "../../api/types";
import { measureOf } from "../../lib/measure";
import { fieldWord } from "../../lib/text";
import { change, percent } from "../../lib/units";
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

const N_SHOWN = 8;
const HEIGHT = 260;

export function Movers({ question }: { question: Question }) {
  const [field, setField] = useState<(typeof FIELDS)[number]["id"]>("server_port");
  const { metric } = question;
  const answer = useQuery(
    // One more, for what has no value may be among them.
    queries.movers({ ...scopeOf(question), field, metric, limit: N_SHOWN + 1 }),
  );
  // A lake of less than a week has nothing to compare with: then what moved most is what is large.
  const hasLastWeek = (answer.data?.previous ?? 0) > 0;
  return (
    <Panel
      label="Top movers"
      title={
        <h2>
          {answer.data && !hasLastWeek ? "Top of the window" : "Top movers against last week"}
        </h2>
      }
      tools={<Tabs label="Movers of" tabs={FIELDS} value={field} onChange={setField} />}
    >
      <Answer query={answer} height={HEIGHT} lines={8}>
        {(answer) => (hasLastWeek ? <Moved answer={answer} /> : <Largest answer={answer} />)}
      </Answer>
    </Panel>
  );
}

function Moved({ answer: { field, metric, ...answer } }: { answer: MoversAnswer }) {
  const measure = measureOf(metric);
  const rows = answer.rows.slice(0, N_SHOWN);
  if (rows.length === 0) {
    return <EmptyState title="Nothing moved">Last week was the same</EmptyState>;
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
        {rows.map((it) => (
          <tr key={String(it.key)}>
            <td>
              <Value field={field} value={it.key} />
            </td>
            <td title={measure.exact(it.value)}>{measure.short(it.value)}</td>
            <td title={measure.exact(it.previous)}>{measure.short(it.previous)}</td>
            <td>{change(it.value, it.previous)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Largest({ answer: { field, metric, rows, total } }: { answer: MoversAnswer }) {
  const measure = measureOf(metric);
  const known = rows.filter((it) => it.key !== null && it.value > 0).slice(0, N_SHOWN);
  if (known.length === 0) return <EmptyState title="No records in this window" />;
  const most = known[0]?.value ?? 1;
  return (
    <table className={styles.movers}>
      <thead>
        <tr>
          <th scope="col">{fieldWord(field)}</th>
          <th scope="col">{measure.noun}</th>
          <th scope="col">Share</th>
          <th scope="col" className={styles.barCell}>
            <span className="visually-hidden">Bar</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {known.map((it) => (
          <tr key={String(it.key)}>
            <td>
              <Value field={field} value={it.key} />
            </td>
            <td title={measure.exact(it.value)}>{measure.short(it.value)}</td>
            <td>{percent(total > 0 ? it.value / total : 0)}</td>
            <td className={styles.barCell} aria-hidden="true">
              <i style={{ width: `${(it.value / most) * 100}%` }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
