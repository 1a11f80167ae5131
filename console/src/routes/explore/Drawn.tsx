// The same question drawn as paths, as pairs, or on a map. Each asks for what it needs.

import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";

import * as queries from "../../api/queries";
import { Matrix } from "../../charts/Matrix";
import { SIDE_MAX } from "../../charts/matrixLayout";
import type { OnPick } from "../../charts/pick";
import { Sankey } from "../../charts/Sankey";
import { keptMax } from "../../charts/sankeyLayout";
import type { MapAction } from "../../charts/WorldMap";
import { addTerm } from "../../filter/edit";
import { all, isNotTerm, isTerm } from "../../filter/term";
import { measureOf } from "../../lib/measure";
import { fieldWord } from "../../lib/text";
import { scopeOf, useChange } from "../../state/question";
import type { Question } from "../../state/search";
import { useWordFor } from "../../state/valueActions";
import { Answer } from "../../ui/Answer";
import { Skeleton } from "../../ui/Skeleton";
import { type Columns, usePairs } from "./usePairs";

const WorldMap = lazy(async () => ({
  default: (await import("../../charts/WorldMap")).WorldMap,
}));

const N_COUNTRIES = 250;
const HEIGHT = 420;

export function Drawn({ question }: { question: Question }) {
  if (question.view === "sankey") return <Paths question={question} />;
  return question.view === "matrix" ? (
    <Pairs question={question} />
  ) : (
    <Countries question={question} />
  );
}

/** What a click on a mark does to the question. */
function usePick(question: Question): OnPick {
  const change = useChange();
  return (terms, how) => {
    const texts = terms.map((it) => isTerm(it.field, it.value));
    if (how === "records") {
      change({ q: all(question.q, ...texts) }, { page: "/flows" });
    } else if (how === "only") {
      change({ q: all(question.q, ...texts) });
    } else {
      const [first] = terms;
      if (first && terms.length === 1) {
        const not = isNotTerm(first.field, first.value);
        change(addTerm(question, not, isTerm(first.field, first.value)));
      } else change({ q: all(question.q, `not (${texts.join(" and ")})`) });
    }
  };
}

function Paths({ question }: { question: Question }) {
  const onPick = usePick(question);
  const word = useWordFor();
  const client = question.by[0] ?? "client_addr";
  const server = question.server_by.find((it) => !it.endsWith("port")) ?? "server_addr";
  const by = [client, "server_port", server].filter((it, at, list) => list.indexOf(it) === at);
  return (
    <Exact question={question} fields={by} nValues={keptMax(by.length)}>
      {({ columns, links, total }) => (
        <Sankey
          columns={columns.map((it) => ({ ...it, title: titleOf(it.field) }))}
          links={links}
          total={total}
          measure={measureOf(question.metric)}
          wordFor={word}
          onPick={onPick}
        />
      )}
    </Exact>
  );
}

function Pairs({ question }: { question: Question }) {
  const onPick = usePick(question);
  const word = useWordFor();
  const client = question.by[0] ?? "client_addr";
  const server = question.server_by[0] === client ? "server_addr" : question.server_by[0];
  return (
    <Exact question={question} fields={[client, server ?? "server_addr"]} nValues={SIDE_MAX - 1}>
      {({ columns: [rows, columns], links, total }) =>
        rows &&
        columns && (
          <Matrix
            sides={[
              { ...rows, title: titleOf(rows.field) },
              { ...columns, title: titleOf(columns.field) },
            ]}
            pairs={links[0] ?? []}
            total={total}
            measure={measureOf(question.metric)}
            wordFor={word}
            onPick={onPick}
          />
        )
      }
    </Exact>
  );
}

interface ExactProps {
  question: Question;
  fields: readonly string[];
  nValues: number;
  children: (columns: Columns) => ReactNode;
}

function Exact({ question, fields, nValues, children }: ExactProps) {
  const answer = usePairs(question, fields, nValues);
  return (
    <Answer query={answer} height={HEIGHT}>
      {children}
    </Answer>
  );
}

function Countries({ question }: { question: Question }) {
  const onPick = usePick(question);
  const [action, setAction] = useState<MapAction>("all");
  const scope = scopeOf(question);
  const field = "src_country_code";
  const answer = useQuery(
    queries.explore({
      ...scope,
      q: action === "all" ? scope.q : all(scope.q, isTerm("action", action)),
      by: [field],
      metric: question.metric,
      limit: N_COUNTRIES,
      bucket: "none",
    }),
  );
  return (
    <Answer query={answer} height={HEIGHT}>
      {({ rows, other }) => (
        <Suspense fallback={<Skeleton height={HEIGHT} />}>
          <WorldMap
            field={field}
            countries={rows.map((it) => ({ code: codeOf(it.key[0]), amount: it.value }))}
            rest={other?.value ?? 0}
            measure={measureOf(question.metric)}
            action={action}
            onAction={setAction}
            onPick={onPick}
          />
        </Suspense>
      )}
    </Answer>
  );
}

function codeOf(key: string | number | null | undefined): string | null {
  return typeof key === "string" && key !== "" ? key : null;
}

function titleOf(field: string): string {
  const words = fieldWord(field);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
