// Flows: the records themselves, page after page as one scrolls, or following what arrives.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { get, problemFrom } from "../api/client";
import * as queries from "../api/queries";
import type { FlowsAnswer } from "../api/types";
import { useCommand } from "../commands/useCommand";
import { all, isNotTerm } from "../filter/term";
import { durationText } from "../lib/time";
import { exact } from "../lib/units";
import { scopeOf, useChange, useQuestion } from "../state/question";
import type { Question } from "../state/search";
import { FlowTable } from "../table/FlowTable";
import { CostGuard, Warnings } from "../ui/Answer";
import { Button } from "../ui/Button";
import { classes } from "../ui/classes";
import { Icon } from "../ui/Icon";
import { Panel } from "../ui/Panel";
import { Skeleton } from "../ui/Skeleton";
import { EmptyState, ErrorState, Notice, sentence } from "../ui/State";
import styles from "./flows.module.css";
import { ColumnsMenu } from "./flows/ColumnsMenu";
import { askedColumns, plain, recordOf, shownColumns, shownRows } from "./flows/columns";
import { RowDrawer } from "./flows/RowDrawer";
import { usePicked } from "./flows/usePicked";
import { type Tail, useTail } from "./flows/useTail";
import { useNow, useStatus } from "./root/live";
import { QuestionMenus } from "./root/QuestionMenus";

/** Records of one page: a few screens, so that scrolling is ahead of reading. */
const PAGE = 200;

export function FlowsPage() {
  const question = useQuestion();
  const change = useChange();
  const schema = useQuery(queries.schema());
  const [isFollowing, setIsFollowing] = useState(false);
  const [isAtTop, setIsAtTop] = useState(true);
  const shown = shownColumns(question.cols, schema.data);
  const columns = askedColumns(shown ?? []);
  const scope = scopeOf(question);
  const ask = { ...scope, columns: columns.join(","), order: question.order };
  const isKnown = shown !== null;
  const { flows, more, confirm } = useFlows(ask, isKnown);
  const { refetch, isPlaceholderData } = flows;
  const first = flows.data?.pages[0];
  const read = first && !isPlaceholderData ? first.cost.version : null;
  const tail = useTail(ask, read, { isOn: isFollowing && isKnown, isPaused: !isAtTop });
  const isToRead = tail.isBehind && isAtTop;
  useEffect(() => {
    if (isToRead) void refetch();
  }, [isToRead, refetch]);
  const whole = useMemo(() => {
    if (!first) return null;
    const rows = (flows.data?.pages ?? []).flatMap((it) => it.rows);
    return {
      columns: first.columns,
      rows: isPlaceholderData ? rows : [...tail.shown, ...rows],
    };
  }, [first, flows.data, isPlaceholderData, tail.shown]);
  return (
    <div className={styles.page}>
      <div className={styles.controls} data-print="none">
        <h1>Flows</h1>
        <span className={styles.count} role="status">
          {first && countText(first)}
        </span>
        <Following
          isFollowing={isFollowing}
          tail={tail}
          onChange={() => {
            setIsFollowing(!isFollowing);
            // What came too fast to be listed is read now, unless rows would move under the reader.
            if (isFollowing && isAtTop) void refetch();
            if (!isFollowing) change({ order: "newest" }, { isReplacing: true });
          }}
        />
        <Button
          look="outline"
          disabled={isFollowing}
          onClick={() => change({ order: question.order === "newest" ? "oldest" : "newest" })}
        >
          {question.order === "newest" ? "Newest first" : "Oldest first"}
        </Button>
        <ColumnsMenu
          schema={schema.data}
          chosen={question.cols}
          onChange={(cols) => change({ cols })}
        />
        <QuestionMenus
          answers={
            first
              ? [{ name: "Records", cost: first.cost, sql: first.sql, command: first.command }]
              : []
          }
          exported={{
            records: ask,
            shown: { path: "/flows", parameters: ask },
            sql: first?.sql ?? null,
            command: first?.command ?? null,
            table: null,
          }}
        />
      </div>
      {first && <Warnings cost={first.cost} />}
      <Panel className={styles.panel} label="Records">
        {!isKnown && schema.error ? (
          <ErrorState problem={problemFrom(schema.error)} onRetry={() => void schema.refetch()} />
        ) : flows.error && !first ? (
          <Refused error={flows.error} onConfirm={confirm} onRetry={() => void refetch()} />
        ) : whole === null || shown === null ? (
          <Skeleton height={600} lines={20} />
        ) : (
          <div className={styles.rows}>
            <div
              className={classes(styles.table, isPlaceholderData && styles.old)}
              aria-busy={isPlaceholderData}
            >
              <Rows
                question={question}
                whole={whole}
                shown={shown}
                onEnd={more}
                onTop={setIsAtTop}
              />
            </div>
            {flows.error && (
              <Incomplete
                error={flows.error}
                isAsking={flows.isFetching}
                onConfirm={confirm}
                onRetry={() =>
                  void (flows.isFetchNextPageError ? flows.fetchNextPage() : refetch())
                }
              />
            )}
          </div>
        )}
      </Panel>
    </div>
  );
}

/**
 * Pages of records; the next is asked for with the mark that the last one gave. After a page that was
 * refused no more are asked for until somebody says so; `confirm` reads on, however much it is.
 * Nothing is asked before it is known which columns to ask for.
 */
function useFlows(ask: Record<string, string>, isKnown: boolean) {
  const key = JSON.stringify(ask);
  const confirmed = useRef("");
  const flows = useInfiniteQuery({
    queryKey: ["/flows", "pages", ask],
    initialPageParam: "",
    queryFn: ({ signal, pageParam }) => {
      const confirm = confirmed.current === key ? { confirm: true } : {};
      const parameters = { ...ask, ...confirm, limit: PAGE, after: pageParam };
      return get<FlowsAnswer>("/flows", parameters, { signal, label: "Records" });
    },
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: isKnown,
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError, refetch } = flows;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  const confirm = useCallback(() => {
    confirmed.current = key;
    void (isFetchNextPageError ? fetchNextPage() : refetch());
  }, [key, isFetchNextPageError, fetchNextPage, refetch]);
  return { flows, more, confirm };
}

interface RowsProps {
  question: Question;
  whole: Pick<FlowsAnswer, "columns" | "rows">;
  /** The names of the columns to show. */
  shown: readonly string[];
  onEnd: () => void;
  onTop: (isAtTop: boolean) => void;
}

/** The table and its drawer; `j` and `k` walk, Enter opens, `x` excludes the source. */
function Rows({ question, whole, shown: names, onEnd, onTop }: RowsProps) {
  const change = useChange();
  const selected = usePicked(whole);
  const opened = usePicked(whole);
  const shown = useMemo(() => shownRows(whole, names), [whole, names]);
  const n = whole.rows.length;
  const marked = opened.index >= 0 ? opened : selected;
  const at = marked.index;
  const move = (way: number) => selected.at(Math.max(0, Math.min(n - 1, selected.index + way)));
  const open = (index: number) => {
    opened.at(index);
    selected.at(index);
  };
  const source = plain(recordOf(whole.columns, whole.rows[at] ?? []).get("srcaddr"));
  useCommand("rows.next", () => move(1));
  useCommand("rows.previous", () => move(-1));
  useCommand("rows.open", selected.index >= 0 ? () => open(selected.index) : null);
  useCommand(
    "rows.exclude",
    at >= 0 ? () => change({ q: all(question.q, isNotTerm("srcaddr", source)) }) : null,
  );
  if (n === 0) {
    return (
      <EmptyState icon="search" title="No records match">
        Nothing in this window fits the filter. A longer window or fewer terms find more
      </EmptyState>
    );
  }
  return (
    <>
      <FlowTable
        label="Records"
        columns={shown.columns}
        rows={shown.rows}
        zone={question.tz}
        selected={at}
        selectedKey={marked.key}
        height="fill"
        onSelect={selected.at}
        onOpen={open}
        onEnd={onEnd}
        onTop={onTop}
      />
      <RowDrawer
        answer={whole}
        rows={whole.rows}
        index={opened.index}
        question={question}
        onIndex={(index) => (index < 0 ? opened.at(-1) : open(index))}
      />
    </>
  );
}

interface FollowingProps {
  isFollowing: boolean;
  tail: Tail;
  onChange: () => void;
}

/** The live tail: honest about how old the newest record is, and that AWS is late by design. */
function Following({ isFollowing, tail, onChange }: FollowingProps) {
  const newest = useStatus()?.newest ?? null;
  const now = useNow();
  const age = newest === null ? null : now.getTime() - Date.parse(newest);
  return (
    <>
      {isFollowing && (
        <span className={styles.age}>
          {!tail.isConnected
            ? "Interrupted, trying again"
            : age === null
              ? "No records yet"
              : `Newest record ${durationText(age)} ago; AWS delivers every 1 or 10 minutes`}
          {tail.why !== null && `; ${tail.why}`}
          {tail.n_left_out > 0 && `; ${exact(tail.n_left_out)} came too fast to be listed`}
        </span>
      )}
      {tail.n_waiting > 0 && (
        <Button look="primary" onClick={tail.release}>
          {exact(tail.n_waiting)} new
        </Button>
      )}
      <Button
        look="outline"
        aria-pressed={isFollowing}
        icon={<Icon name={isFollowing ? "pause" : "play"} />}
        onClick={onChange}
      >
        {isFollowing ? "Following" : "Follow"}
      </Button>
    </>
  );
}

interface RefusedProps {
  error: Error;
  onConfirm: () => void;
  onRetry: () => void;
}

function Refused({ error, onConfirm, onRetry }: RefusedProps) {
  const problem = problemFrom(error);
  if (problem.code === "too_large") return <CostGuard problem={problem} onConfirm={onConfirm} />;
  return <ErrorState problem={problem} onRetry={onRetry} />;
}

interface IncompleteProps extends RefusedProps {
  isAsking: boolean;
}

/** Under the records: why there are no more of them, or not the newest, and the way on. */
function Incomplete({ error, isAsking, onConfirm, onRetry }: IncompleteProps) {
  const problem = problemFrom(error);
  const isLarge = problem.code === "too_large";
  const words = [problem.message, problem.hint].filter((it) => it !== null).map(sentence);
  return (
    <div className={styles.incomplete}>
      <Notice
        look="warn"
        actions={
          <Button disabled={isAsking} onClick={isLarge ? onConfirm : onRetry}>
            {isLarge ? "Read it all the same" : "Try again"}
          </Button>
        }
      >
        Not all records are shown. {words.join(". ")}
      </Notice>
    </div>
  );
}

function countText({ n_total, rows }: FlowsAnswer): string {
  if (n_total === null) return `${exact(rows.length)} or more records`;
  return n_total === 1 ? "1 record" : `${exact(n_total)} records`;
}
