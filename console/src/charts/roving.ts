// Keys within a chart: one stop for Tab, arrows go to the nearest mark in their direction.
// The geometry is pure; `useRoving` ties it to focus.
import { useRef, useState } from "react";
import type { KeyboardEvent } from "react";

export interface Spot {
  x: number;
  y: number;
}

export type Way = "left" | "right" | "up" | "down";

const ways: Readonly<Record<string, Way>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** How much worse a step to the side is than one ahead: marks in line come first. */
const SIDE_WEIGHT = 3;

/** The index of the nearest mark in a direction, or `from` if there is none. */
export function nearestMark(spots: readonly Spot[], from: number, way: Way): number {
  const start = spots[from];
  if (start === undefined) return 0;
  const isLevel = way === "left" || way === "right";
  const sign = way === "right" || way === "down" ? 1 : -1;
  let best = from;
  let bestCost = Number.POSITIVE_INFINITY;
  spots.forEach((spot, index) => {
    const dx = spot.x - start.x;
    const dy = spot.y - start.y;
    const ahead = sign * (isLevel ? dx : dy);
    const aside = Math.abs(isLevel ? dy : dx);
    const cost = ahead + SIDE_WEIGHT * aside;
    if (index !== from && ahead > 0.5 && cost < bestCost) {
      best = index;
      bestCost = cost;
    }
  });
  return best;
}

export interface RovingMark {
  tabIndex: number;
  "data-mark": number;
  onFocus: () => void;
  onBlur: () => void;
}

export interface Roving {
  /** The focused mark, or null: what the tip explains. */
  focused: number | null;
  onKeyDown: (event: KeyboardEvent) => void;
  mark: (index: number) => RovingMark;
}

/** Focus that travels among marks; marks are siblings, each gets `onKeyDown` and `mark(index)`. */
export function useRoving(spots: readonly Spot[]): Roving {
  const [stop, setStop] = useState(0);
  const [focused, setFocused] = useState<number | null>(null);
  const last = useRef(0);
  const current = Math.min(stop, Math.max(0, spots.length - 1));
  return {
    focused,
    onKeyDown: (event) => {
      const next = target(event.key, spots, last.current);
      if (next === null) return;
      event.preventDefault();
      const mark = event.currentTarget.parentElement?.querySelector(`[data-mark="${next}"]`);
      if (mark instanceof HTMLElement || mark instanceof SVGElement) mark.focus();
    },
    mark: (index) => ({
      tabIndex: index === current ? 0 : -1,
      "data-mark": index,
      onFocus: () => {
        last.current = index;
        setStop(index);
        setFocused(index);
      },
      onBlur: () => setFocused(null),
    }),
  };
}

function target(key: string, spots: readonly Spot[], from: number): number | null {
  if (key === "Home") return 0;
  if (key === "End") return spots.length - 1;
  const way = ways[key];
  return way === undefined ? null : nearestMark(spots, from, way);
}
