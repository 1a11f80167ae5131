// The bar above the pages: filter, time, metric. The one place where the filter is read and changed.

import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { problemFrom } from "../../api/client";
import * as queries from "../../api/queries";
import type { Metric, Problem, Status } from "../../api/types";
import { KeyCaps } from "../../commands/KeyCaps";
import { run } from "../../commands/registry";
import { useCommand } from "../../commands/useCommand";
import { otherSide } from "../../filter/edit";
import { FilterBar, type FilterBarHandle } from "../../filter/FilterBar";
import { all } from "../../filter/term";
import { METRIC_WORDS } from "../../lib/text";
import { instantOf, shifted, rfc3339 } from "../../lib/time";
import { scopeOf, useChange, useQuestion } from "../../state/question";
import { METRICS, type Question } from "../../state/search";
import { Icon } from "../../ui/Icon";
import { sentence } from "../../ui/State";
import { Select } from "../../ui/Select";
import { TimePicker, type TimePickerHandle } from "../../ui/TimePicker";
import { LiveMark } from "./LiveMark";
import { type Connection, useNow } from "./live";
import styles from "./TopBar.module.css";
import { usePills } from "./usePills";

export interface QuestionBarProps {
  /** `window` is for pages that have a window but a filter of their own. */
  form: "full" | "window" | "none";
  status: Status | null;
  connection: Connection;
}

export function QuestionBar({ form, status, connection }: QuestionBarProps) {
  const question = useQuestion();
  const change = useChange();
  const now = useNow();
  return (
    <header className={styles.top} data-print="none">
      {form === "full" ? <Filter question={question} /> : <Jump />}
      {form !== "none" && <Time question={question} now={now} />}
      {form !== "none" && (
        <Select
          label="Metric"
          isLabelHidden
          value={question.metric}
          options={METRICS.map((it) => ({ value: it, label: sentence(METRIC_WORDS[it]) }))}
          onChange={(metric: Metric) => change({ metric })}
        />
      )}
      <LiveMark status={status} now={now} zone={question.tz} connection={connection} />
    </header>
  );
}

/** Where a page has no filter: the palette, which goes to whatever is typed. */
function Jump() {
  return (
    <>
      <button type="button" className={styles.jump} onClick={() => run("commands.open")}>
        <Icon name="search" />
        <span className={styles.jumpWords}>Go to an address, a name, an id, a page …</span>
        <KeyCaps keys="Mod+k" />
      </button>
      <span className={styles.space} />
    </>
  );
}

function Filter({ question }: { question: Question }) {
  const client = useQueryClient();
  const change = useChange();
  const bar = useRef<FilterBarHandle>(null);
  const { q } = question;
  const { pills, problem, onReplace, onMove } = usePills(question);

  const lint = async (text: string): Promise<Problem | null> => {
    try {
      await client.fetchQuery(queries.filter(text));
      return null;
    } catch (error) {
      return problemFrom(error);
    }
  };
  const swap = useSwap(question);
  useCommand("filter.focus", () => bar.current?.focus());
  useCommand("filter.text", () => bar.current?.toggleText());
  useCommand("filter.clear", () => change({ q: "", off: [] }));
  useCommand("question.swap", () => void swap());
  return (
    <FilterBar
      ref={bar}
      q={q}
      pills={pills}
      problem={problem}
      lint={lint}
      complete={(text, at, signal) => {
        const asked = queries.complete({ ...scopeOf(question), q: text, at });
        const { queryKey } = asked;
        const cancel = () => void client.cancelQueries({ queryKey, exact: true });
        signal.addEventListener("abort", cancel, { once: true });
        return client.fetchQuery(asked).finally(() => signal.removeEventListener("abort", cancel));
      }}
      onText={(text) => change(text === "" ? { q: "", off: [] } : { q: text })}
      onAdd={(text) => change({ q: all(q, text) })}
      onReplace={onReplace}
      onMove={onMove}
      onSwap={() => void swap()}
    />
  );
}

/** Asks the same from the other side: filter, what is off or pinned, and both groupings. */
function useSwap(question: Question): () => Promise<void> {
  const client = useQueryClient();
  const change = useChange();
  return async () => {
    const other = async (text: string) =>
      text === "" ? "" : (await client.fetchQuery(queries.filter(text))).swapped;
    change({
      q: await other(question.q),
      off: await Promise.all(question.off.map(other)),
      pin: await Promise.all(question.pin.map(other)),
      by: question.server_by.map(otherSide),
      server_by: question.by.map(otherSide),
    });
  };
}

function Time({ question, now }: { question: Question; now: Date }) {
  const change = useChange();
  const picker = useRef<TimePickerHandle>(null);
  const { from, until, tz, metric } = question;
  const start = instantOf(from, now);
  const end = instantOf(until, now);
  const shift = (way: -1 | 1) => {
    if (start && end) change({ ...shifted({ from: start, until: end }, way), inside: null });
  };
  const widen = () => {
    if (!start || !end) return;
    const half = (end.getTime() - start.getTime()) / 2;
    const later = new Date(Math.min(end.getTime() + half, Math.max(now.getTime(), end.getTime())));
    change({ from: rfc3339(new Date(start.getTime() - half)), until: rfc3339(later) });
  };
  const otherZone = tz === "utc" ? "local" : "utc";
  const nextMetric = METRICS[(METRICS.indexOf(metric) + 1) % METRICS.length] ?? metric;
  useCommand("time.open", () => picker.current?.open());
  useCommand("time.earlier", () => shift(-1));
  useCommand("time.later", () => shift(1));
  useCommand("time.wider", widen);
  useCommand("time.zone", () => change({ tz: otherZone }, { isReplacing: true }));
  useCommand("question.metric", () => change({ metric: nextMetric }));
  useCommand("question.compare", () =>
    change({ compare: question.compare === "none" ? "previous" : "none" }),
  );
  return (
    <TimePicker
      ref={picker}
      from={from}
      until={until}
      zone={tz}
      now={now}
      problem={null}
      onChange={(window) => change({ ...window, inside: null })}
      onZone={(zone) => change({ tz: zone }, { isReplacing: true })}
      onShift={shift}
    />
  );
}
