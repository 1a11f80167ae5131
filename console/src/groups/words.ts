// Verdicts and confidence as words, shapes and sentences. The names are those of `advise`.
import type { AdvisedRule } from "../api/types";
import type { StateLook } from "../ui/StateMark";

const RULES: Readonly<Record<string, StateLook>> = {
  used: {
    word: "used",
    shape: "dot",
    look: "good",
    means: "It admitted what was answered, or went one way",
  },
  unused: {
    word: "unused",
    shape: "triangle",
    look: "bad",
    means: "Nothing that it admits was seen, and it would have been seen",
  },
  "attempt-only": {
    word: "only tried",
    shape: "half",
    look: "warn",
    means: "Only attempts: it is open, and nobody listens",
  },
  redundant: {
    word: "redundant",
    shape: "square",
    look: "note",
    means: "Another rule of the group admits all that it admits",
  },
  "no-op": {
    word: "no effect",
    shape: "dash",
    look: "note",
    means: "It cannot admit anything, and did not",
  },
  unprovable: {
    word: "unprovable",
    shape: "ring",
    look: "plain",
    means: "It may have been used, and what is known does not tell",
  },
};

const GROUPS: Readonly<Record<string, StateLook>> = {
  used: { word: "used", shape: "dot", look: "good" },
  unused: {
    word: "unused",
    shape: "triangle",
    look: "bad",
    means: "No interface carries it, and no rule names it",
  },
  "referenced-only": {
    word: "only named",
    shape: "half",
    look: "note",
    means: "No interface carries it, but rules name it",
  },
  default: { word: "default", shape: "ring", look: "plain", means: "Cannot be deleted" },
};

export function ruleLook(verdict: string): StateLook {
  return RULES[verdict] ?? { word: verdict, shape: "ring", look: "plain" };
}

export function groupLook(verdict: string): StateLook {
  return GROUPS[verdict] ?? { word: verdict, shape: "ring", look: "plain" };
}

const CONFIDENCE: Readonly<Record<string, string>> = {
  low: "Less than 7 days were watched",
  medium: "Less than 30 days were watched",
  high: "30 days or more were watched",
};

/** Why the confidence is what it is. */
export function confidenceMeans(confidence: string): string {
  return CONFIDENCE[confidence] ?? confidence;
}

/** A rule in words: "ingress tcp 443 from 0.0.0.0/0". */
export function ruleWords(rule: AdvisedRule): string {
  const way = rule.way === "ingress" ? "from" : "to";
  return [rule.way, rule.protocol, rule.ports, way, rule.peer].filter((it) => it !== "").join(" ");
}

/** Rules of a group that a change is proposed for. */
export function isProposed(rule: AdvisedRule): boolean {
  return rule.proposal !== null && rule.proposal.action !== "keep";
}
