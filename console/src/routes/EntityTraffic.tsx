// The right of an entity's page: one way to ask about it, over time, by peer, by port, as records.
// Everything here is asked with the page's filter and window, and hands both on.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { explore, facets, flows } from "../api/queries";
import type { Scope } from "../api/queries";
import type { EntityView, ExploreAnswer } from "../api/types";
import { colourOf } from "../charts/colours";
import { amountWords } from "../charts/measure";
import { TimeSeries } from "../charts/TimeSeries";
import type { SeriesLine } from "../charts/TimeSeries";
import { all, isTerm } from "../filter/term";
import { axisOf, measureOf } from "../lib/measure";
import { wordOf } from "../lib/text";
import { rfc3339 } from "../lib/time";
import type { Instants } from "../lib/time";
import { percent } from "../lib/units";
import { hrefOf, scopeOf, useChange, useGo, useQuestion } from "../state/question";
import { ValueScopeContext } from "../state/valueActions";
import { FacetList } from "../table/FacetList";
import { FlowTable } from "../table/FlowTable";
import { TopTable } from "../table/TopTable";
import type { TopRow } from "../table/TopTable";
import { Answer, Warnings } from "../ui/Answer";
import { CostLine } from "../ui/CostLine";
import { Drill } from "../ui/Drill";
import { Panel } from "../ui/Panel";
import { EmptyState } from "../ui/State";
import styles from "./entity.module.css";

const CHART_HEIGHT = 220;
const RECORDS_HEIGHT = 320;
const N_RECORDS = 50;
const FACETS = ["action", "protocol", "direction"] as const;

export interface EntityTrafficProps {
  /** The kind of the entity. */
  kind: string;
  view: EntityView;
  /** Both sides, if the view has both: their ports are told apart. */
  sides: { server: EntityView; client: EntityView } | null;
}

export function EntityTraffic({ kind, view, sides }: EntityTrafficProps) {
  const asked = scopeOf(useQuestion());
  const scope = { ...asked, q: all(asked.q, view.q) };
  const second = kind === "port" ? otherEnd(view) : { field: view.port, title: "Ports" };
  return (
    <ValueScopeContext value={view.q}>
      <div className={styles.traffic}>
        <OverTime scope={scope} />
        {sides === null ? (
          <div className={styles.pair}>
            <Top scope={scope} field={view.peer} title={peersTitle(view.peer)} />
            <Top scope={scope} field={second.field} title={second.title} />
          </div>
        ) : (
          <div className={styles.pair}>
            <Side
              view={sides.server}
              asked={asked}
              of="peer"
              title="Who calls it"
              none="Nobody called it"
            />
            <Side
              view={sides.client}
              asked={asked}
              of="peer"
              title="Whom it calls"
              none="It called nobody"
            />
            <Side
              view={sides.server}
              asked={asked}
              of="port"
              title="On which ports"
              none="Nobody called it"
            />
            <Side
              view={sides.client}
              asked={asked}
              of="port"
              title="To which ports"
              none="It called nobody"
            />
          </div>
        )}
        <Shares scope={scope} />
        <Records scope={scope} />
      </div>
    </ValueScopeContext>
  );
}

/** A port has one port only, but both ends are of interest. */
function otherEnd(view: EntityView) {
  const field = view.peer === "server_addr" ? "client_addr" : "server_addr";
  return { field, title: peersTitle(field) };
}

/** Peers by the end that they are at. */
function peersTitle(field: string): string {
  if (field.startsWith("client_")) return "Clients";
  return field.startsWith("server_") ? "Servers" : "Peers";
}

interface SideProps {
  view: EntityView;
  /** The page's own filter and window. */
  asked: Scope;
  of: "peer" | "port";
  title: string;
  /** What is said if there is nothing. */
  none: string;
}

function Side({ view, asked, of, title, none }: SideProps) {
  return (
    <ValueScopeContext value={view.q}>
      <Top
        scope={{ ...asked, q: all(asked.q, view.q) }}
        field={view[of]}
        title={title}
        none={none}
      />
    </ValueScopeContext>
  );
}

function OverTime({ scope }: { scope: Scope }) {
  const { metric } = useQuestion();
  const [confirm, setConfirm] = useState(false);
  const query = useQuery(
    explore({ ...scope, by: ["action"], metric, bucket: "auto", limit: 4, confirm }),
  );
  return (
    <Panel
      title="Over time"
      tools={
        <>
          {query.data && <CostLine cost={query.data.cost} />}
          <Drill to="/explore" patch={scope}>
            Explore
          </Drill>
        </>
      }
    >
      <div className={styles.pad}>
        <Answer query={query} height={CHART_HEIGHT} onConfirm={() => setConfirm(true)}>
          {(answer) => <Chart answer={answer} scope={scope} />}
        </Answer>
      </div>
    </Panel>
  );
}

function Chart({ answer, scope }: { answer: ExploreAnswer; scope: Scope }) {
  const question = useQuestion();
  const change = useChange();
  const go = useGo();
  const [active, setActive] = useState<string | null>(null);
  const { metric, bucket_s, n_buckets, rows, total, window } = answer;
  if (total.value === 0 || bucket_s === null) {
    return (
      <EmptyState title="No records in this window">
        A longer window, or another of the views above, may have some
      </EmptyState>
    );
  }
  const measure = measureOf(metric);
  const series: SeriesLine[] = rows.map((row, index) => ({
    id: String(row.key[0]),
    name: wordOf("action", row.key[0] ?? null),
    colour: colourOf("action", row.key[0], index),
    values: row.series ?? [],
  }));
  const words = rows.map((row) => `${wordOf("action", row.key[0] ?? null)} ${percent(row.share)}`);
  return (
    <>
      <Warnings cost={answer.cost} />
      <TimeSeries
        name={`${amountWords(measure, total.value)}: ${words.join(", ")}`}
        buckets={{
          window: { from: new Date(window.from), until: new Date(window.until) },
          origin: new Date(answer.buckets_from ?? window.from),
          bucket_s,
          n_buckets,
        }}
        zone={question.tz}
        series={series}
        form="stacked"
        compared={null}
        rejects={null}
        flags={[]}
        marked={null}
        active={active}
        height={CHART_HEIGHT}
        measure={measure}
        axis={axisOf(metric, bucket_s)}
        onActive={setActive}
        onMark={(marked) => {
          if (marked !== null) change(textOf(marked));
        }}
        onPick={(_place, bucket) =>
          go(hrefOf("/flows", question, { ...scope, ...textOf(bucket), inside: null }))
        }
        onFlag={() => {}}
      />
    </>
  );
}

function textOf({ from, until }: Instants) {
  return { from: rfc3339(from), until: rfc3339(until) };
}

interface TopProps {
  scope: Scope;
  field: string;
  title: string;
  none?: string;
}

function Top({ scope, field, title, none = "No records" }: TopProps) {
  const question = useQuestion();
  const go = useGo();
  const [active, setActive] = useState<string | null>(null);
  const { metric } = question;
  const query = useQuery(explore({ ...scope, by: [field], metric, bucket: "auto", limit: 10 }));
  const records = (row: TopRow) => {
    const term = isTerm(field, row.key[0] ?? null);
    go(hrefOf("/flows", question, { ...scope, q: all(scope.q, term) }));
  };
  return (
    <Panel
      title={title}
      tools={
        <Drill to="/explore" patch={{ ...scope, by: [field], server_by: [] }}>
          Explore
        </Drill>
      }
    >
      <Answer query={query} height={320} lines={10}>
        {(answer) =>
          answer.total.value === 0 ? (
            <p className={styles.none}>{none} in this window</p>
          ) : (
            <TopTable
              by={answer.by}
              rows={answer.rows.map((row) => {
                return { ...row, id: JSON.stringify(row.key), colour: "var(--series-1)" };
              })}
              other={answer.other}
              total={answer.total}
              measure={measureOf(answer.metric)}
              isCompared={false}
              active={active}
              onActive={setActive}
              onRecords={records}
            />
          )
        }
      </Answer>
    </Panel>
  );
}

function Shares({ scope }: { scope: Scope }) {
  const { metric } = useQuestion();
  const change = useChange();
  const query = useQuery(facets({ ...scope, fields: FACETS, metric, limit: 6 }));
  return (
    <Answer query={query} height={180} lines={6}>
      {(answer) => (
        <div className={styles.facets}>
          {answer.facets.map((facet) => (
            <FacetList
              key={facet.field}
              facet={facet}
              measure={measureOf(answer.metric)}
              onGroup={(field) =>
                change({ ...scope, by: [field], server_by: [] }, { page: "/explore" })
              }
            />
          ))}
        </div>
      )}
    </Answer>
  );
}

function Records({ scope }: { scope: Scope }) {
  const question = useQuestion();
  const go = useGo();
  const [selected, setSelected] = useState(-1);
  const query = useQuery(
    flows({ ...scope, columns: question.cols, order: "newest", limit: N_RECORDS }),
  );
  return (
    <Panel
      title="Newest records"
      tools={
        <Drill to="/flows" patch={scope}>
          All records
        </Drill>
      }
    >
      <Answer query={query} height={RECORDS_HEIGHT} lines={10}>
        {(answer) =>
          answer.rows.length === 0 ? (
            <EmptyState title="No records in this window" />
          ) : (
            <FlowTable
              columns={answer.columns}
              rows={answer.rows}
              zone={question.tz}
              selected={selected}
              height={RECORDS_HEIGHT}
              label="Newest records"
              onSelect={setSelected}
              onOpen={() => go(hrefOf("/flows", question, { ...scope, inside: null }))}
            />
          )
        }
      </Answer>
    </Panel>
  );
}
