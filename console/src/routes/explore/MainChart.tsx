// The chart of Explore, with rejects, spikes and what can be done with a bucket or a marked part.

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import * as queries from "../../api/queries";
import type { ExploreAnswer } from "../../api/types";
import { amountWords } from "../../charts/measure";
import { bucketText, TimeSeries } from "../../charts/TimeSeries";
import { all, isTerm } from "../../filter/term";
import { axisOf, measureOf } from "../../lib/measure";
import { type Instants, rfc3339 } from "../../lib/time";
import { hrefOf, scopeOf, useChange, useGo } from "../../state/question";
import type { Question } from "../../state/search";
import { useWordFor } from "../../state/valueActions";
import { Button, IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { MenuAt, type MenuItem, type Place } from "../../ui/Menu";
import { EmptyState } from "../../ui/State";
import { bucketsOf, isAligned, resultText, rowName, seriesOf } from "./series";

export interface MainChartProps {
  question: Question;
  answer: ExploreAnswer;
  active: string | null;
  onActive: (id: string | null) => void;
}

const HEIGHT = 330;
/** Where the picture below is what counts. */
const LOW_HEIGHT = 190;

/** What was clicked: a bucket, or a flag. */
interface Opened {
  place: Place;
  window: Instants;
  text: string;
  /** The filter of a spike. */
  q: string | null;
}

export function MainChart({ question, answer, active, onActive }: MainChartProps) {
  const change = useChange();
  const [opened, setOpened] = useState<Opened | null>(null);
  const scope = scopeOf(question);
  const { bucket_s, metric } = answer;
  const rejects = useQuery({
    ...queries.explore({
      ...scope,
      by: ["action"],
      metric: "flows",
      bucket: bucket_s === null ? "auto" : `${bucket_s}s`,
    }),
    enabled: bucket_s !== null,
  });
  const spikes = useQuery(queries.spikes({ ...scope, action: "REJECT" }));
  const measure = measureOf(metric);
  const word = useWordFor();
  const form = question.chart;
  // Laying a chart out takes time: only for another answer.
  const buckets = useMemo(() => bucketsOf(answer), [answer]);
  const series = useMemo(() => seriesOf(answer, { form, word }), [answer, form, word]);
  // What is on its way is not drawn: the answer before was of another question.
  const over = rejects.isPlaceholderData ? undefined : rejects.data;
  const rejected = over?.rows.find((it) => it.key[0] === "REJECT")?.series ?? null;
  const flagged = spikes.isPlaceholderData ? [] : (spikes.data?.spikes ?? []);
  const isStack = form === "stacked" || answer.by.length === 0;
  const flags = flagged.map((it, index) => ({
    id: String(index),
    window: instants(it.window),
    text: it.why,
  }));
  const mark = (window: Instants | null) =>
    change({ inside: window && windowText(window) }, { isReplacing: question.inside !== null });
  if (answer.total.value === 0) {
    return (
      <EmptyState icon="explore" title="Nothing to draw">
        No records of this window fit the filter
      </EmptyState>
    );
  }
  return (
    <>
      <TimeSeries
        name={resultText(answer, amountWords(measure, answer.total.value), word)}
        buckets={buckets}
        zone={question.tz}
        series={series}
        form={form}
        // The sum of all belongs over a stack of all.
        compared={isStack ? answer.total.previous_series : null}
        rejects={over && isAligned(over, answer) ? rejected : null}
        flags={flags}
        marked={insideOf(question)}
        active={active}
        height={question.view === "table" ? HEIGHT : LOW_HEIGHT}
        measure={measure}
        axis={axisOf(metric, bucket_s ?? 1)}
        markTools={<MarkTools question={question} onMark={mark} />}
        onActive={onActive}
        onMark={mark}
        onPick={(place, window) =>
          setOpened({ place, window, text: bucketText(window, question.tz), q: null })
        }
        onFlag={(id, place) => {
          const spike = flagged[Number(id)];
          if (!spike) return;
          setOpened({ place, window: instants(spike.window), text: spike.why, q: spike.q });
        }}
      />
      <BucketMenu
        opened={opened}
        question={question}
        answer={answer}
        onClose={() => setOpened(null)}
      />
    </>
  );
}

interface MarkToolsProps {
  question: Question;
  onMark: (window: Instants | null) => void;
}

/** What can be done with the marked part. */
function MarkTools({ question, onMark }: MarkToolsProps) {
  const change = useChange();
  const inside = insideOf(question);
  if (!inside) return null;
  const window = { from: rfc3339(inside.from), until: rfc3339(inside.until), inside: null };
  return (
    <>
      <Button look="plain" onClick={() => change(window)}>
        Zoom in
      </Button>
      <Button look="plain" onClick={() => change(window, { page: "/flows" })}>
        Records
      </Button>
      <IconButton label="Unmark" onClick={() => onMark(null)}>
        <Icon name="close" />
      </IconButton>
    </>
  );
}

interface BucketMenuProps {
  opened: Opened | null;
  question: Question;
  answer: ExploreAnswer;
  onClose: () => void;
}

/** The menu of a bucket: zoom, what differs, the records of all and of each series. */
function BucketMenu({ opened, question, answer, onClose }: BucketMenuProps) {
  const change = useChange();
  const go = useGo();
  const word = useWordFor();
  if (!opened) return <MenuAt place={null} items={[]} onClose={onClose} />;
  const { window } = opened;
  const measure = measureOf(answer.metric);
  const buckets = bucketsOf(answer);
  const index = Math.round(
    (window.from.getTime() - buckets.origin.getTime()) / 1000 / buckets.bucket_s - 0.49,
  );
  const times = { from: rfc3339(window.from), until: rfc3339(window.until), inside: null };
  const q = opened.q === null ? question.q : opened.q;
  const entry = (label: string, filter: string, hint?: string): MenuItem => {
    const href = hrefOf("/flows", question, { ...times, q: filter });
    return { label, icon: "flows", href, onSelect: () => go(href), ...(hint ? { hint } : {}) };
  };
  const rows = answer.rows.filter((it) => (it.series?.[index] ?? 0) > 0).slice(0, 8);
  const items: MenuItem[] = [
    entry("Records", q),
    { label: "Zoom in", icon: "search", onSelect: () => change({ ...times, q }) },
    {
      label: "What is different here?",
      icon: "gauge",
      onSelect: () => change({ inside: windowText(window) }),
    },
    ...(answer.by.length > 0 && opened.q === null
      ? [
          "line" as const,
          { heading: "Records of" },
          ...rows.map((it) =>
            entry(
              rowName(answer.by, it, word),
              all(question.q, ...answer.by.map((field, at) => isTerm(field, it.key[at] ?? null))),
              measure.short(it.series?.[index] ?? 0),
            ),
          ),
        ]
      : []),
  ];
  return <MenuAt place={opened.place} title={opened.text} items={items} onClose={onClose} />;
}

/** The marked part of the question, or null. */
export function insideOf({ inside }: Question): Instants | null {
  const [from, until] = (inside ?? "").split("..").map((it) => new Date(it));
  if (!from || !until || Number.isNaN(from.getTime()) || Number.isNaN(until.getTime())) return null;
  return from < until ? { from, until } : null;
}

function windowText({ from, until }: Instants): string {
  return `${rfc3339(from)}..${rfc3339(until)}`;
}

function instants(window: { from: string; until: string }): Instants {
  return { from: new Date(window.from), until: new Date(window.until) };
}
