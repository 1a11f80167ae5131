// Explore: one question, its chart, its table or picture, the usual fields, its records.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import * as queries from "../api/queries";
import type { ExploreAnswer } from "../api/types";
import { useCommand } from "../commands/useCommand";
import { all, isNotTerm, isTerm } from "../filter/term";
import { measureOf } from "../lib/measure";
import { scopeOf, useChange, useQuestion } from "../state/question";
import type { Question, View } from "../state/search";
import { type TopRow, TopTable } from "../table/TopTable";
import { Answer, Warnings } from "../ui/Answer";
import { csv } from "../ui/ExportMenu";
import { Panel } from "../ui/Panel";
import { EmptyState } from "../ui/State";
import { Tabs } from "../ui/Tabs";
import styles from "./explore.module.css";
import { Controls } from "./explore/Controls";
import { chartedBy } from "./explore/dimensions";
import { Different } from "./explore/Different";
import { Drawn } from "./explore/Drawn";
import { Facets } from "./explore/Facets";
import { MainChart } from "./explore/MainChart";
import { Records } from "./explore/Records";
import { topRows } from "./explore/series";
import { QuestionMenus } from "./root/QuestionMenus";

const VIEWS: readonly { id: View; label: string }[] = [
  { id: "table", label: "Table" },
  { id: "sankey", label: "Sankey" },
  { id: "matrix", label: "Matrix" },
  { id: "map", label: "Map" },
];
const CHART_HEIGHT = 366;
const TABLE_HEIGHT = 344;

export function ExplorePage() {
  const question = useQuestion();
  const change = useChange();
  const [active, setActive] = useState<string | null>(null);
  const asked = useAsked(question);
  const explore = useQuery(queries.explore(asked.ask));
  const charted = useQuery(queries.explore({ ...asked.ask, by: chartedBy(question) }));
  const schema = useQuery(queries.schema());
  const { data } = explore;
  return (
    <div className={styles.page}>
      <h1 className="visually-hidden">Explore</h1>
      <Controls
        question={question}
        dimensions={schema.data?.dimensions ?? []}
        onChange={(patch) => change(patch)}
      >
        <QuestionMenus
          answers={
            data ? [{ name: "Explore", cost: data.cost, sql: data.sql, command: data.command }] : []
          }
          exported={{
            records: { ...scopeOf(question), order: question.order },
            shown: {
              path: "/explore",
              parameters: { ...asked.ask, by: asked.ask.by.join(","), confirm: undefined },
            },
            sql: data?.sql ?? null,
            command: data?.command ?? null,
            table: data ? () => tableCsv(data) : null,
          }}
        />
      </Controls>
      <div className={styles.first} data-view={question.view}>
        <Panel label="Over time" className={styles.chart}>
          <Answer query={charted} height={CHART_HEIGHT} onConfirm={asked.onConfirm}>
            {(answer) => (
              <>
                <Warnings cost={answer.cost} />
                <MainChart
                  question={question}
                  answer={answer}
                  active={active}
                  onActive={setActive}
                />
              </>
            )}
          </Answer>
        </Panel>
        <Panel
          label="Top"
          className={styles.top}
          title={
            <Tabs
              label="Drawn as"
              tabs={VIEWS}
              value={question.view}
              onChange={(view) => change({ view })}
            />
          }
        >
          {question.view === "table" ? (
            <Answer query={explore} height={TABLE_HEIGHT} lines={12} onConfirm={asked.onConfirm}>
              {(answer) => (
                <Top question={question} answer={answer} active={active} onActive={setActive} />
              )}
            </Answer>
          ) : (
            <div className={styles.drawn}>
              <Drawn question={question} />
            </div>
          )}
        </Panel>
      </div>
      <Different question={question} />
      <Facets question={question} />
      <Records question={question} />
    </div>
  );
}

/** What is asked, and the way to ask for more than the guard lets through. */
function useAsked(question: Question) {
  const [confirmed, setConfirmed] = useState("");
  const plain = {
    ...scopeOf(question),
    by: [...question.by, ...question.server_by],
    metric: question.metric,
    limit: question.limit,
    bucket: "auto",
    compare: question.compare,
  };
  const key = JSON.stringify(plain);
  const ask = confirmed === key ? { ...plain, confirm: true } : plain;
  return { ask, onConfirm: () => setConfirmed(key) };
}

interface TopProps {
  question: Question;
  answer: ExploreAnswer;
  active: string | null;
  onActive: (id: string | null) => void;
}

/** The table beside the chart; `j` and `k` walk its rows, `f`, `x` and Enter act on one. */
function Top({ question, answer, active, onActive }: TopProps) {
  const change = useChange();
  const rows = topRows(answer);
  const at = rows.findIndex((it) => it.id === active);
  const row = rows[at];
  const terms = (it: TopRow) =>
    answer.by.map((field, index) => isTerm(field, it.key[index] ?? null));
  const walk = (way: number) =>
    onActive(rows[Math.max(0, Math.min(rows.length - 1, at + way))]?.id ?? null);
  const records = (it: TopRow) => change({ q: all(question.q, ...terms(it)) }, { page: "/flows" });
  const exclude = (it: TopRow) => {
    const [field] = answer.by;
    const isOne = answer.by.length === 1 && field !== undefined;
    const term = isOne ? isNotTerm(field, it.key[0] ?? null) : `not (${terms(it).join(" and ")})`;
    change({ q: all(question.q, term) });
  };
  useCommand("rows.next", () => walk(1));
  useCommand("rows.previous", () => walk(-1));
  useCommand("rows.open", row ? () => records(row) : null);
  useCommand("rows.only", row ? () => change({ q: all(question.q, ...terms(row)) }) : null);
  useCommand("rows.exclude", row ? () => exclude(row) : null);
  if (rows.length === 0) {
    return (
      <EmptyState icon="search" title="No records match">
        Nothing in this window fits the filter. A longer window or fewer terms find more
      </EmptyState>
    );
  }
  return (
    <TopTable
      by={answer.by}
      rows={rows}
      other={answer.other}
      total={answer.total}
      measure={measureOf(answer.metric)}
      isCompared={answer.compared !== null}
      active={active}
      onActive={onActive}
      onRecords={records}
    />
  );
}

function tableCsv(answer: ExploreAnswer): string {
  const head = [...answer.by, answer.metric, "share", ...(answer.compared ? ["previous"] : [])];
  const line = (
    keys: (string | number | null)[],
    it: { value: number; share: number; previous: number | null },
  ) => [...keys, it.value, it.share, ...(answer.compared ? [it.previous] : [])];
  const blank = (words: string) => answer.by.map((_, index) => (index === 0 ? words : ""));
  return csv([
    head,
    ...answer.rows.map((it) => line(it.key, it)),
    ...(answer.other ? [line(blank("Other"), answer.other)] : []),
    line(blank("Total"), answer.total),
  ]);
}
