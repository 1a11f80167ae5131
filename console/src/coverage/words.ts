// States of coverage as words, shapes and sentences.
import type { CoverageResource } from "../api/types";
import type { StateLook } from "../ui/StateMark";

export type CoverageState = CoverageResource["state"];

export const STATES: Readonly<Record<CoverageState, StateLook>> = {
  logged: { word: "logged", shape: "dot", look: "good", means: "Its records arrive" },
  partly: {
    word: "partly",
    shape: "half",
    look: "warn",
    means: "Some of what is in it is not logged",
  },
  "rejects-only": {
    word: "rejects only",
    shape: "diamond",
    look: "warn",
    means: "What was accepted is not logged",
  },
  "accepts-only": {
    word: "accepts only",
    shape: "diamond",
    look: "warn",
    means: "What was rejected is not logged",
  },
  "not-logged": {
    word: "not logged",
    shape: "cross",
    look: "bad",
    means: "No flow log watches it",
  },
  broken: {
    word: "broken",
    shape: "triangle",
    look: "bad",
    means: "A flow log watches it, and nothing arrives",
  },
};

/** From worst to best. */
export const STATE_NAMES = [
  "broken",
  "not-logged",
  "rejects-only",
  "accepts-only",
  "partly",
  "logged",
] as const satisfies CoverageState[];
