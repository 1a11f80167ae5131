// SQL: the editor, the schema beside it, the rows below. The statement that was run is in the URL.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";

import { problemFrom } from "../api/client";
import { schema as schemaOf } from "../api/queries";
import { EXPORT_ROWS_MAX, exportSql, SQL_ROWS_MAX, sqlAnswer } from "../api/sql";
import type { ExportForm } from "../api/sql";
import type { Cell, Problem, SchemaAnswer, SqlAnswer } from "../api/types";
import { useCommand } from "../commands/useCommand";
import { download } from "../lib/download";
import { plural } from "../lib/plural";
import { ResultTable } from "../sql/ResultTable";
import { SchemaTree } from "../sql/SchemaTree";
import { SqlEditor } from "../sql/SqlEditor";
import { entityPath, kindOf } from "../state/entity";
import { Button } from "../ui/Button";
import { copyText } from "../ui/CopyButton";
import { CostGuard } from "../ui/Answer";
import { CostLine } from "../ui/CostLine";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { PageHead } from "../ui/PageHead";
import { Skeleton } from "../ui/Skeleton";
import { EmptyState, ErrorState, Notice } from "../ui/State";
import { ViewsMenu } from "./root/ViewsMenu";
import styles from "./sql.module.css";

const EXAMPLES = [
  [
    "Largest talkers of the last day",
    `select client_addr, server_addr, server_port, sum(bytes) as bytes
from flows
where counted and "end" >= now() - interval '1 day'
group by 1, 2, 3
order by bytes desc
limit 50`,
  ],
  [
    "Rejected by port",
    `select dstport, count(*) as records, count(distinct srcaddr) as sources
from flows
where action = 'REJECT'
group by 1
order by records desc
limit 50`,
  ],
  [
    "Records per day and status",
    `select date, log_status, count(*) as records
from flows
group by 1, 2
order by 1, 2`,
  ],
] satisfies [string, string][];

export function SqlPage() {
  const search = useSearch({ strict: false });
  const asked = typeof search["sql"] === "string" ? search["sql"] : "";
  const navigate = useNavigate();
  const client = useQueryClient();
  const [text, setText] = useState(asked);
  const [shownFor, setShownFor] = useState(asked);
  const [confirmed, setConfirmed] = useState<string | null>(null);
  const [exported, setExported] = useState<Problem | null>(null);
  const insert = useRef<(word: string) => void>(() => {});
  if (shownFor !== asked) {
    // Back and forward bring back the statement, too.
    setShownFor(asked);
    setText(asked);
  }
  const ask = useMemo(() => {
    const isConfirmed = confirmed === asked && asked !== "";
    return { sql: asked, rows_max: SQL_ROWS_MAX, ...(isConfirmed ? { confirm: true } : {}) };
  }, [asked, confirmed]);
  const schema = useQuery(schemaOf());
  const answer = useQuery(sqlAnswer(ask));
  const run = useCallback(
    (statement: string) => {
      if (statement.trim() === "") return;
      if (statement === asked) void client.invalidateQueries({ queryKey: ["/sql"] });
      else void navigate({ to: "/sql", search: (before) => ({ ...before, sql: statement }) });
    },
    [asked, client, navigate],
  );
  useCommand("question.run", () => run(text));
  const problem = answer.error === null ? null : problemFrom(answer.error);
  const fault = useMemo(() => faultOf(problem, asked, text), [problem, asked, text]);
  const onExport = async (form: ExportForm) => {
    setExported(null);
    try {
      download(
        await exportSql({ sql: asked, rows_max: EXPORT_ROWS_MAX, confirm: true }, form),
        `answer.${form}`,
      );
    } catch (error) {
      setExported(problemFrom(error));
    }
  };
  const cancel = () => void client.cancelQueries({ queryKey: ["/sql"] });
  return (
    <div className={styles.page}>
      <PageHead
        title="SQL"
        subtitle="Every table of the lake, read only. The statement is in the address: copy it to share it"
        tools={
          <>
            <ViewsMenu />
            {answer.data !== undefined && <ExportMenu sql={asked} onExport={onExport} />}
            {answer.isFetching ? (
              <Button icon={<Icon name="close" />} onClick={cancel}>
                Cancel
              </Button>
            ) : (
              <Button
                look="primary"
                icon={<Icon name="play" />}
                title="Ctrl-Enter in the editor"
                disabled={text.trim() === ""}
                onClick={() => run(text)}
              >
                Run
              </Button>
            )}
          </>
        }
      />
      <div className={styles.split}>
        <div className={styles.editor}>
          <SqlEditor
            text={text}
            schema={schema.data ?? null}
            fault={fault}
            onChange={setText}
            onRun={run}
            onReady={(hand) => {
              insert.current = hand;
            }}
          />
        </div>
        <div className={styles.result}>
          {exported && <Notice look="bad">{exported.message}</Notice>}
          <Result
            asked={asked}
            answer={answer.data}
            problem={problem}
            isFetching={answer.isFetching}
            schema={schema.data ?? null}
            onConfirm={() => setConfirmed(asked)}
            onRetry={() => run(asked)}
            onExample={run}
          />
        </div>
        <aside className={styles.schema} aria-label="Schema">
          {schema.data && (
            <SchemaTree schema={schema.data} onInsert={(word) => insert.current(word)} />
          )}
          {schema.isPending && <Skeleton lines={8} />}
        </aside>
      </div>
    </div>
  );
}

/** The fault that the server found, as long as the text is the one that it read. */
function faultOf(problem: Problem | null, asked: string, text: string) {
  if (problem?.span === null || problem?.span === undefined || asked !== text) return null;
  return { span: problem.span, message: problem.message };
}

interface ResultProps {
  asked: string;
  answer: SqlAnswer | undefined;
  problem: Problem | null;
  isFetching: boolean;
  schema: SchemaAnswer | null;
  onConfirm: () => void;
  onRetry: () => void;
  onExample: (sql: string) => void;
}

function Result(props: ResultProps) {
  const { asked, answer, problem, isFetching, schema, onConfirm, onRetry, onExample } = props;
  if (asked === "") return <Examples onExample={onExample} />;
  if (isFetching && answer === undefined) return <Skeleton lines={12} />;
  if (problem?.code === "too_large") {
    return <CostGuard problem={problem} onConfirm={onConfirm} />;
  }
  if (problem !== null) {
    // A fault of the statement stays one, however often it is asked.
    return problem.code === "sql" ? (
      <ErrorState problem={problem} />
    ) : (
      <ErrorState problem={problem} onRetry={onRetry} />
    );
  }
  if (answer === undefined) {
    return <EmptyState title="Cancelled" actions={<Button onClick={onRetry}>Run again</Button>} />;
  }
  const plan = planOf(answer);
  if (plan !== null) return <pre className={styles.plan}>{plan}</pre>;
  return <Rows answer={answer} schema={schema} />;
}

/** What EXPLAIN answers is read as text, not as cells. */
function planOf({ columns, rows }: SqlAnswer): string | null {
  if (columns.map((column) => column.name).join() !== "plan_type,plan") return null;
  return rows.map(([type, plan]) => `${String(type)}\n${String(plan)}`).join("\n");
}

function Rows({ answer, schema }: { answer: SqlAnswer; schema: SchemaAnswer | null }) {
  const kinds = useMemo(() => {
    return new Map((schema?.fields ?? []).map((field) => [field.name, field.entity]));
  }, [schema]);
  const draw = useCallback(
    (column: string, cell: Cell) => {
      const kind = kinds.get(column) ?? kindOf(column);
      if (kind === null || (typeof cell !== "string" && typeof cell !== "number")) return null;
      return <Link to={entityPath(kind, cell)}>{cell}</Link>;
    },
    [kinds],
  );
  const rows = plural(answer.n_rows, "row");
  return (
    <>
      <p className={styles.line} role="status">
        <span>{answer.message ?? rows}</span>
        {answer.is_cut && <span>cut: an export has all rows</span>}
        <CostLine cost={answer.cost} />
      </p>
      {answer.rows.length === 0 ? (
        <EmptyState title="No rows">The statement is right, and nothing matches it</EmptyState>
      ) : (
        <ResultTable name="Rows" columns={answer.columns} rows={answer.rows} draw={draw} />
      )}
    </>
  );
}

interface ExportProps {
  sql: string;
  onExport: (form: ExportForm) => void;
}

function ExportMenu({ sql, onExport }: ExportProps) {
  const quoted = `'${sql.replaceAll("'", String.raw`'\''`)}'`;
  return (
    <Menu
      align="end"
      trigger={<Button icon={<Icon name="export" />}>Export</Button>}
      items={[
        { label: "CSV", onSelect: () => onExport("csv") },
        { label: "NDJSON", onSelect: () => onExport("ndjson") },
        { label: "Parquet", onSelect: () => onExport("parquet") },
        "line",
        { label: "Copy as command", onSelect: () => void copyText(`tidegate sql ${quoted}`) },
        { label: "Copy the address", onSelect: () => void copyText(location.href) },
      ]}
    />
  );
}

function Examples({ onExample }: { onExample: (sql: string) => void }) {
  return (
    <EmptyState icon="sql" title="Ask the lake">
      <ul className={styles.examples}>
        {EXAMPLES.map(([title, sql]) => (
          <li key={title}>
            <Button look="plain" onClick={() => onExample(sql)}>
              {title}
            </Button>
          </li>
        ))}
      </ul>
    </EmptyState>
  );
}
