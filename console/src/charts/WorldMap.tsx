// Countries by amount, drawn offline (Natural Earth outlines, 110 m). Loaded only when it is shown.
// Data in, events out; the table beside it has the same countries.
import { geoNaturalEarth1, geoPath } from "d3-geo";
import type { Feature, FeatureCollection, Geometry } from "geojson";
import { useMemo, useState } from "react";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import raw from "world-atlas/countries-110m.json?raw";

import { percent } from "../lib/units";
import { AmountTable } from "./AmountTable";
import { codeOf, countryName, spotOf } from "./countries";
import { Figure } from "./Figure";
import { Marks } from "./Marks";
import type { Mark } from "./Marks";
import { stepOf } from "./matrixLayout";
import { amountWords } from "./measure";
import type { Measure } from "./measure";
import { howOf } from "./pick";
import type { OnPick } from "./pick";
import { useWidth } from "./useWidth";
import styles from "./WorldMap.module.css";

/** Which records the map counts. */
export type MapAction = "all" | "ACCEPT" | "REJECT";

export interface WorldMapProps {
  /** The field that a pick names. */
  field: string;
  countries: readonly CountryAmount[];
  /** The exact amount of countries that are not listed. */
  rest: number;
  measure: Measure;
  action: MapAction;
  onAction: (action: MapAction) => void;
  onPick: OnPick;
}

export interface CountryAmount {
  /** ISO 3166-1, two letters; null: nobody knows, or a private address. */
  code: string | null;
  amount: number;
}

interface World {
  objects: { countries: GeometryCollection<{ name: string }> };
}

type Outline = Feature<Geometry, { name: string }>;

interface Shape {
  id: string;
  code: string | null;
  path: string;
  x: number;
  y: number;
}

const ANTARCTICA = "010";
const SPOT_RADIUS = 4;
const actions = [
  ["all", "All"],
  ["ACCEPT", "Accepted"],
  ["REJECT", "Rejected"],
] satisfies [MapAction, string][];

export function WorldMap(props: WorldMapProps) {
  const { field, countries, measure, action, onPick } = props;
  const [ref, width] = useWidth();
  const [active, setActive] = useState<string | null>(null);
  const height = Math.round(width * 0.5);
  const shapes = useMemo(() => shapesFor(width, height), [width, height]);
  const known = countries.filter((it) => it.code !== null && it.amount > 0);
  const amounts = new Map(known.map((it) => [it.code, it.amount]));
  const most = Math.max(0, ...known.map((it) => it.amount));
  const total = countries.reduce((sum, it) => sum + it.amount, props.rest);
  const name = nameOf(known, total, measure, action);
  const marks = marksOf(shapes, known, total, field, measure);
  const table = <CountryTable {...props} name={name} total={total} />;
  return (
    <Figure name={name} tools={<ActionSwitch {...props} />} table={table}>
      <div className={styles.split}>
        <div ref={ref} className={styles.stage} data-action={action}>
          <svg
            role="img"
            aria-label={name}
            width={width}
            height={height}
            className={styles.picture}
          >
            {shapes.outlines.map((shape) => (
              <path
                key={shape.id}
                d={shape.path}
                className={styles.country}
                data-step={stepOf(amounts.get(shape.code) ?? 0, most)}
                data-active={shape.code !== null && shape.code === active}
              />
            ))}
            {marks
              .filter((mark) => !shapes.outlined.has(mark.id))
              .map((mark) => (
                <circle
                  key={mark.id}
                  className={styles.country}
                  cx={mark.x}
                  cy={mark.y}
                  r={SPOT_RADIUS}
                  data-step={stepOf(amounts.get(mark.id) ?? 0, most)}
                  data-active={mark.id === active}
                />
              ))}
          </svg>
          <Marks
            name={name}
            marks={marks}
            width={width}
            height={height}
            onPick={onPick}
            onActive={setActive}
          />
          <Legend most={most} measure={measure} />
        </div>
        <div className={styles.beside}>
          <CountryList {...props} total={total} />
        </div>
      </div>
    </Figure>
  );
}

function ActionSwitch({ action, onAction }: WorldMapProps) {
  return (
    <div className={styles.switch} role="group" aria-label="Records on the map">
      {actions.map(([value, title]) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === action}
          data-action={value}
          onClick={() => onAction(value)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

/** Five steps and what they mean; the scale is a square root, so it has to be said. */
function Legend({ most, measure }: { most: number; measure: Measure }) {
  if (most === 0) return null;
  return (
    <div className={styles.legend} aria-hidden="true">
      <span>0</span>
      {[1, 2, 3, 4, 5].map((step) => (
        <i key={step} data-step={step} title={`to ${measure.short((step / 5) ** 2 * most)}`} />
      ))}
      <span>{measure.short(most)}</span>
    </div>
  );
}

interface ListProps extends WorldMapProps {
  total: number;
}

/** The countries beside the map, each a button, with what has no country at the end. */
function CountryList({ countries, rest, total, field, measure, onPick }: ListProps) {
  const sorted = countries
    .filter((it) => it.amount > 0)
    .toSorted((a, b) => Number(a.code === null) - Number(b.code === null) || b.amount - a.amount);
  return (
    <table className={styles.list} aria-label="Countries">
      <tbody>
        {sorted.map((it) => (
          <tr key={it.code ?? "none"}>
            <td>
              <button
                type="button"
                onClick={(event) => onPick([{ field, value: it.code }], howOf(event))}
              >
                {it.code === null ? "No country" : countryName(it.code)}
              </button>
            </td>
            <td title={measure.exact(it.amount)}>{measure.short(it.amount)}</td>
            <td>{percent(total > 0 ? it.amount / total : 0)}</td>
          </tr>
        ))}
        {rest > 0 && (
          <tr>
            <td className={styles.other}>Other</td>
            <td title={measure.exact(rest)}>{measure.short(rest)}</td>
            <td>{percent(rest / total)}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function CountryTable({ countries, rest, measure, name, total }: ListProps & { name: string }) {
  const rows = countries.map((it) => ({
    id: it.code ?? "none",
    cells: [it.code === null ? "No country" : countryName(it.code), it.code ?? ""],
    amount: it.amount,
  }));
  rows.toSorted((a, b) => b.amount - a.amount);
  if (rest > 0) rows.push({ id: "other", cells: ["Other", ""], amount: rest });
  const heads = ["Country", "Code"];
  return <AmountTable name={name} heads={heads} rows={rows} total={total} measure={measure} />;
}

function nameOf(
  known: readonly CountryAmount[],
  total: number,
  measure: Measure,
  action: MapAction,
): string {
  const what = { all: "", ACCEPT: " accepted", REJECT: " rejected" }[action];
  const top = [...known].toSorted((a, b) => b.amount - a.amount)[0];
  if (top === undefined) return `No ${measure.noun}${what} with a known country`;
  const share = percent(top.amount / total);
  const n = known.length;
  const words = `${n} ${n === 1 ? "country" : "countries"}`;
  return `${words} of ${amountWords(measure, total)}${what}. Largest: ${countryName(top.code ?? "")}, ${share}`;
}

interface Shapes {
  outlines: Shape[];
  /** The codes that have an outline; the others are dots. */
  outlined: ReadonlySet<string | null>;
  place: (at: [number, number]) => [number, number];
}

function shapesFor(width: number, height: number): Shapes {
  const collection: FeatureCollection<Geometry, { name: string }> = {
    type: "FeatureCollection",
    features: outlines(),
  };
  const projection = geoNaturalEarth1().fitExtent(
    [
      [2, 2],
      [width - 2, height - 2],
    ],
    collection,
  );
  const draw = geoPath(projection).digits(1);
  const shapes = collection.features.map((outline, index) => {
    const [x, y] = draw.centroid(outline);
    const code = codeOf(String(outline.id ?? "")) ?? (isKosovo(outline) ? "XK" : null);
    return { id: `${index}`, code, path: draw(outline) ?? "", x, y };
  });
  return {
    outlines: shapes,
    outlined: new Set(shapes.map((shape) => shape.code)),
    place: (at) => projection(at) ?? [0, 0],
  };
}

/** Databases of addresses write XK, which ISO leaves to users. */
function isKosovo(outline: Outline): boolean {
  return outline.properties.name === "Kosovo";
}

let parsed: Outline[] | null = null;

/** Parsed once, when the first map is drawn. */
function outlines(): Outline[] {
  if (parsed === null) {
    const world: Topology<World["objects"]> = JSON.parse(raw);
    const all = feature(world, world.objects.countries).features;
    parsed = all.filter((outline) => outline.id !== ANTARCTICA);
  }
  return parsed;
}

function marksOf(
  shapes: Shapes,
  known: readonly CountryAmount[],
  total: number,
  field: string,
  measure: Measure,
): Mark[] {
  const byCode = new Map(shapes.outlines.map((shape) => [shape.code, shape]));
  return known.flatMap(({ code, amount }) => {
    if (code === null) return [];
    const shape = byCode.get(code) ?? spotShape(shapes, code);
    if (shape === null) return [];
    return [
      {
        id: code,
        name: `${countryName(code)}: ${measure.short(amount)}, ${percent(amount / total)}`,
        lines: [measure.exact(amount)],
        path: shape.path,
        x: shape.x,
        y: shape.y,
        terms: [{ field, value: code }],
      },
    ];
  });
}

/** A country without an outline is a dot where it lies. */
function spotShape(shapes: Shapes, code: string): Shape | null {
  const at = spotOf(code);
  if (at === null) return null;
  const [x, y] = shapes.place(at);
  const r = SPOT_RADIUS + 2;
  const path = `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`;
  return { id: code, code, path, x, y };
}
