// A state as a shape and a word: whoever sees no colours sees the same.
import styles from "./StateMark.module.css";

export type Shape = "dot" | "ring" | "half" | "triangle" | "diamond" | "square" | "dash" | "cross";
export type Look = "good" | "plain" | "note" | "warn" | "bad";

export interface StateLook {
  word: string;
  shape: Shape;
  look: Look;
  /** What the state means, on hover. */
  means?: string;
}

const PATHS = {
  dot: "M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8Z",
  ring: "M6 2.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 1 0 0-7Z",
  half: "M6 2.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 1 0 0-7Zm0 0v7",
  triangle: "M6 1.500 11 10H1Z",
  diamond: "M6 1 11 6 6 11 1 6Z",
  square: "M2 2h8v8H2Z",
  dash: "M2 6h8",
  cross: "m2.500 2.500 7 7m0-7-7 7",
} satisfies Record<Shape, string>;

/** Shapes of lines; the others are filled. */
const HOLLOW: ReadonlySet<Shape> = new Set<Shape>(["ring", "half", "dash", "cross"]);

export function StateMark({ word, shape, look, means }: StateLook) {
  return (
    <span className={styles.state} data-look={look} title={means}>
      <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden="true">
        <path d={PATHS[shape]} data-hollow={HOLLOW.has(shape)} />
        {shape === "half" && <path d="M6 2.500a3.500 3.500 0 0 1 0 7Z" />}
      </svg>
      {word}
    </span>
  );
}

const SEVERITIES = ["info", "low", "medium", "high", "critical"];

/** Higher is worse; what is not known comes first. */
export function severityRank(severity: string): number {
  return SEVERITIES.indexOf(severity);
}

/** Severities: each its shape, heavier as it gets worse. */
export function severityLook(severity: string): StateLook {
  const looks: Readonly<Record<string, StateLook>> = {
    info: { word: "info", shape: "ring", look: "plain" },
    low: { word: "low", shape: "half", look: "note" },
    medium: { word: "medium", shape: "diamond", look: "warn" },
    high: { word: "high", shape: "triangle", look: "bad" },
    critical: { word: "critical", shape: "square", look: "bad" },
  };
  return looks[severity] ?? { word: severity, shape: "ring", look: "plain" };
}
