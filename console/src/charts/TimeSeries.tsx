// Amounts over time: the top series stacked or as lines, rejects below them on the same axis, spikes
// as flags. Drag marks a part, a click asks for what to do with a bucket. Data in, events out.

import { type ReactNode, useMemo, useState } from "react";

import { clockText, dayText, type Instants, timeText, type Zone } from "../lib/time";
import { Icon } from "../ui/Icon";
import type { Place } from "../ui/Menu";
import { BucketLayer } from "./BucketLayer";
import { Figure } from "./Figure";
import type { Measure } from "./measure";
import { type Buckets, bucketWindow, layOut, placeOf, type SeriesLine } from "./timeLayout";
import styles from "./TimeSeries.module.css";
import { useWidth } from "./useWidth";

export type { SeriesLine } from "./timeLayout";

/** A sign on the axis: something that was unusual. */
export interface Flag {
  id: string;
  window: Instants;
  text: string;
}

export interface TimeSeriesProps {
  /** States the result, and names the picture. */
  name: string;
  buckets: Buckets;
  zone: Zone;
  series: readonly SeriesLine[];
  form: "stacked" | "lines";
  compared: readonly number[] | null;
  /** Rejected records per bucket. */
  rejects: readonly number[] | null;
  flags: readonly Flag[];
  /** The part that is marked. */
  marked: Instants | null;
  /** The series that stands out, here and in the table beside. */
  active: string | null;
  height: number;
  measure: Measure;
  /** The vertical axis: what it counts in, the label of a mark, and its own if marks have no unit. */
  axis: { unit: number; text: (value: number) => string; title: string };
  tools?: ReactNode;
  /** What can be done with the marked part; shown above it. */
  markTools?: ReactNode;
  onActive: (id: string | null) => void;
  onMark: (window: Instants | null) => void;
  onPick: (place: Place, window: Instants) => void;
  onFlag: (id: string, place: Place) => void;
}

const LEFT = 64;
const LANE = 20;
const FOOT = 20;
const TOP = 18;

export function TimeSeries(props: TimeSeriesProps) {
  const { name, series, rejects, zone, tools, measure } = props;
  return (
    <Figure
      name={name}
      tools={tools}
      table={
        <BucketTable
          buckets={props.buckets}
          series={series}
          rejects={rejects}
          zone={zone}
          measure={measure}
        />
      }
    >
      <Plot {...props} />
    </Figure>
  );
}

function Plot(props: TimeSeriesProps) {
  const { buckets, series, form, compared, zone, rejects, height } = props;
  const [ref, outer] = useWidth();
  const width = Math.max(60, outer - LEFT - 8);
  const [hovered, setHovered] = useState<number | null>(null);
  const { unit } = props.axis;
  const plotHeight = height - LANE - FOOT - TOP;
  const layout = useMemo(
    () =>
      layOut({
        buckets,
        series,
        form,
        compared,
        width,
        height: plotHeight,
        zone,
        unit,
      }),
    [buckets, series, form, compared, width, plotHeight, zone, unit],
  );
  const box = { left: LEFT, top: TOP, width, height: plotHeight + LANE };
  return (
    <div ref={ref} className={styles.plot} style={{ height }}>
      <svg width="100%" height={height} role="img" aria-label={props.name} className={styles.svg}>
        <g transform={`translate(${LEFT} ${TOP})`}>
          {layout.yTicks.map((it) => (
            <g key={it.value} transform={`translate(0 ${it.y})`}>
              <line x2={width} className={styles.grid} />
              {it.value !== 0 && (
                <text x={-8} dy="0.32em" className={styles.yText}>
                  {props.axis.text(it.value)}
                </text>
              )}
            </g>
          ))}
          {layout.paths.map((it) => (
            <path
              key={it.id}
              d={it.path}
              className={form === "stacked" ? styles.area : styles.line}
              style={form === "stacked" ? { fill: it.colour } : { stroke: it.colour }}
              data-dim={props.active !== null && props.active !== it.id}
            />
          ))}
          {layout.comparedPath && <path d={layout.comparedPath} className={styles.compared} />}
          <g transform={`translate(0 ${plotHeight})`}>
            <line x2={width} className={styles.axis} />
            {rejects && <Lane rejects={rejects} layout={layout} />}
          </g>
          <g transform={`translate(0 ${plotHeight + LANE})`}>
            {layout.xTicks.map((it) => (
              <g key={it.x} transform={`translate(${it.x} 0)`}>
                <line y2={4} className={styles.axis} />
                <text y={15} className={it.isDay ? styles.dayText : styles.xText}>
                  {it.text}
                </text>
              </g>
            ))}
          </g>
        </g>
        {props.axis.title !== "" && (
          <text x={0} y={9} className={styles.axisTitle}>
            {props.axis.title}
          </text>
        )}
        {rejects && (
          <text x={LEFT - 8} y={TOP + plotHeight + 17} className={styles.yText}>
            rejected
          </text>
        )}
      </svg>
      <Marked {...props} left={LEFT} top={TOP} width={width} height={plotHeight + LANE} />
      <BucketLayer box={box} layout={layout} chart={props} hovered={hovered} onHover={setHovered} />
      {props.flags.map((it) => (
        <button
          key={it.id}
          type="button"
          className={styles.flag}
          style={{ left: LEFT + placeOf(middleOf(it.window), props.buckets, width) }}
          title={it.text}
          aria-label={`Spike: ${it.text}`}
          onClick={(event) => props.onFlag(it.id, below(event.currentTarget))}
        >
          <Icon name="flag" size={12} />
        </button>
      ))}
    </div>
  );
}

/** Rejected records as bars on a scale of their own: where, not how much beside the rest. */
function Lane({
  rejects,
  layout,
}: {
  rejects: readonly number[];
  layout: { x: (index: number) => number; bucketWidth: number };
}) {
  const top = Math.max(1, ...rejects);
  const path = rejects.map((value, index) => {
    if (value === 0) return "";
    const tall = Math.max(1, (value / top) * (LANE - 5));
    return `M${layout.x(index).toFixed(1)} ${LANE - 1}v${-tall.toFixed(1)}h${Math.max(
      1,
      layout.bucketWidth - 0.5,
    ).toFixed(1)}V${LANE - 1}Z`;
  });
  return <path d={path.join("")} className={styles.rejects} />;
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

function Marked({ left, top, width, height, ...props }: TimeSeriesProps & Box) {
  const { marked, markTools, buckets } = props;
  if (!marked) return null;
  const start = placeOf(marked.from, buckets, width);
  const end = placeOf(marked.until, buckets, width);
  const isRight = start > width / 2;
  const side = isRight ? { right: width - end } : { left: start };
  return (
    <div className={styles.marks} style={{ left, top, width, height }}>
      <div className={styles.marked} style={{ left: start, width: Math.max(2, end - start) }} />
      <div className={styles.markTools} style={side}>
        {markTools}
      </div>
    </div>
  );
}

interface BucketTableProps {
  buckets: Buckets;
  series: readonly SeriesLine[];
  rejects: readonly number[] | null;
  zone: Zone;
  measure: Measure;
}

function BucketTable({ buckets, series, rejects, zone, measure }: BucketTableProps) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">From</th>
          {series.map((it) => (
            <th key={it.id} scope="col">
              {it.name}
            </th>
          ))}
          {rejects && <th scope="col">Rejected records</th>}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: buckets.n_buckets }, (_, index) => (
          <tr key={index}>
            <th scope="row">{timeText(bucketWindow(buckets, index, index).from, zone)}</th>
            {series.map((it) => (
              <td key={it.id} title={measure.exact(it.values[index] ?? 0)}>
                {measure.short(it.values[index] ?? 0)}
              </td>
            ))}
            {rejects && <td>{rejects[index] ?? 0}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The words of a bucket: its day and both ends. */
export function bucketText(window: Instants, zone: Zone): string {
  const day = dayText(window.from, zone);
  return `${day} ${clockText(window.from, zone)} – ${clockText(window.until, zone)}`;
}

function middleOf({ from, until }: Instants): Date {
  return new Date((from.getTime() + until.getTime()) / 2);
}

function below(element: HTMLElement): Place {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom };
}
