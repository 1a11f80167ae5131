// What lies over a chart of time and is touched: hovering tells a bucket, dragging marks a part, a
// click picks a bucket; the same with arrow keys, Shift and Enter.

import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";

import type { Instants, Zone } from "../lib/time";
import type { Place } from "../ui/Menu";
import type { Measure } from "./measure";
import {
  bucketAt,
  type Buckets,
  bucketWindow,
  type SeriesLine,
  type TimeLayout,
  seriesAt,
} from "./timeLayout";
import { bucketText } from "./TimeSeries";
import styles from "./TimeSeries.module.css";

export interface BucketLayerProps {
  box: { left: number; top: number; width: number; height: number };
  layout: TimeLayout;
  chart: BucketChart;
  hovered: number | null;
  onHover: (index: number | null) => void;
}

interface BucketChart {
  buckets: Buckets;
  zone: Zone;
  series: readonly SeriesLine[];
  form: "stacked" | "lines";
  compared: readonly number[] | null;
  rejects: readonly number[] | null;
  active: string | null;
  measure: Measure;
  onMark: (window: Instants | null) => void;
  onPick: (place: Place, window: Instants) => void;
  onActive: (id: string | null) => void;
}

/** A press that moves less is a click. */
const CLICK_PX = 4;
/** So many series are told at a bucket. */
const N_TOLD = 9;

interface Drag {
  from: number;
  to: number;
  startX: number;
  isMoved: boolean;
}

export function BucketLayer({ box, layout, chart, hovered, onHover }: BucketLayerProps) {
  const layer = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const { zone, buckets } = chart;
  const { n_buckets } = buckets;
  const at = (event: PointerEvent) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    return bucketAt(event.clientX - left, layout.bucketWidth, n_buckets);
  };
  const windowOf = (one: number, other: number) =>
    bucketWindow(buckets, Math.min(one, other), Math.max(one, other));

  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ from: at(event), to: at(event), startX: event.clientX, isMoved: false });
  };
  const move = (event: PointerEvent) => {
    const index = at(event);
    onHover(index);
    const { top } = event.currentTarget.getBoundingClientRect();
    const under = seriesAt({ ...chart, y: layout.y }, index, event.clientY - top);
    if (under !== chart.active) chart.onActive(under);
    if (!drag) return;
    const isMoved = drag.isMoved || Math.abs(event.clientX - drag.startX) > CLICK_PX;
    setDrag({ ...drag, to: at(event), isMoved });
  };
  const up = (event: PointerEvent) => {
    if (!drag) return;
    setDrag(null);
    const window = windowOf(drag.from, at(event));
    if (drag.isMoved) chart.onMark(window);
    else chart.onPick({ x: event.clientX, y: event.clientY }, window);
  };
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const from = hovered ?? n_buckets - 1;
    if (way !== undefined) {
      const to = Math.max(0, Math.min(n_buckets - 1, (hovered ?? from + 1) + way));
      onHover(to);
      const start = drag?.from ?? from;
      setDrag(event.shiftKey ? { from: start, to, startX: 0, isMoved: true } : null);
    } else if (event.key === "Enter" || event.key === " ") {
      const { left, top } = event.currentTarget.getBoundingClientRect();
      if (drag) chart.onMark(windowOf(drag.from, drag.to));
      else chart.onPick({ x: left + layout.x(from), y: top + 20 }, windowOf(from, from));
      setDrag(null);
    } else if (event.key === "Escape") {
      setDrag(null);
      chart.onMark(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const shown = hovered === null ? null : windowOf(hovered, hovered);
  return (
    <div
      ref={layer}
      className={styles.layer}
      style={box}
      role="slider"
      tabIndex={0}
      aria-label="Bucket of time: arrows move, Shift and arrows mark, Enter opens"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, n_buckets - 1)}
      aria-valuenow={hovered ?? Math.max(0, n_buckets - 1)}
      aria-valuetext={
        shown ? `${bucketText(shown, zone)}: ${sumText(chart, hovered ?? 0)}` : "none"
      }
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={() => setDrag(null)}
      onPointerLeave={() => {
        onHover(null);
        chart.onActive(null);
      }}
      onBlur={() => {
        onHover(null);
        setDrag(null);
      }}
      onKeyDown={key}
    >
      {drag?.isMoved && (
        <div className={styles.dragged} style={rangeStyle(layout, drag.from, drag.to)} />
      )}
      {hovered !== null && shown && (
        <>
          <div
            className={styles.cursor}
            style={{ left: layout.x(hovered), width: layout.bucketWidth }}
          />
          {!drag?.isMoved && (
            <Tip chart={chart} index={hovered} window={shown} x={layout.x(hovered)} box={box} />
          )}
        </>
      )}
    </div>
  );
}

function rangeStyle(layout: TimeLayout, one: number, other: number) {
  const left = layout.x(Math.min(one, other));
  return { left, width: layout.x(Math.max(one, other) + 1) - left };
}

function sumText(chart: BucketChart, index: number): string {
  return chart.measure.short(chart.series.reduce((sum, it) => sum + (it.values[index] ?? 0), 0));
}

interface TipProps {
  chart: BucketChart;
  index: number;
  window: Instants;
  x: number;
  box: { width: number };
}

/** What a bucket holds, largest first. */
function Tip({ chart, index, window, x, box }: TipProps) {
  const { series, measure, rejects, compared, active } = chart;
  const told = series
    .map((it) => ({ ...it, value: it.values[index] ?? 0 }))
    .filter((it) => it.value > 0)
    .toSorted((one, other) => other.value - one.value)
    .slice(0, N_TOLD);
  const side = x > box.width / 2 ? { right: box.width - x + 10 } : { left: x + 20 };
  return (
    <div className={styles.tip} style={side} aria-hidden="true">
      <div className={styles.tipHead}>
        <span>{bucketText(window, chart.zone)}</span>
        <strong>{sumText(chart, index)}</strong>
      </div>
      {told.map((it) => (
        <div key={it.id} className={styles.tipRow} data-active={active === it.id}>
          <span className={styles.swatch} style={{ background: it.colour }} />
          <span className={styles.tipName}>{it.name}</span>
          <span>{measure.short(it.value)}</span>
        </div>
      ))}
      {compared && (
        <div className={styles.tipRow}>
          <span className={styles.dashed} />
          <span className={styles.tipName}>before</span>
          <span>{measure.short(compared[index] ?? 0)}</span>
        </div>
      )}
      {rejects && (
        <div className={styles.tipRow}>
          <span className={styles.swatch} style={{ background: "var(--reject)" }} />
          <span className={styles.tipName}>rejected records</span>
          <span>{rejects[index] ?? 0}</span>
        </div>
      )}
    </div>
  );
}
