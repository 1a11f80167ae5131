// Changes to the pills of a question: each is a function from a question to a patch of it.
// Texts are the server's canonical ones, so a pill is found by its text.

import type { Pill } from "../api/types";
import type { Question } from "../state/search";
import { all } from "./term";

export type PillState = "on" | "off" | "pinned";

export interface PlacedPill {
  pill: Pill;
  state: PillState;
  /** Its place among the pills of the same state. */
  index: number;
}

type Patch = Partial<Pick<Question, "q" | "off" | "pin">>;

/** The filter without the pill at `index`, or with other text in its place. */
function withText(pills: readonly Pill[], index: number, text: string): string {
  return all(...pills.map((it, at) => (at === index ? text : it.text)));
}

function listWith(list: readonly string[], index: number, text: string): string[] {
  return list.flatMap((it, at) => {
    if (at !== index) return [it];
    return text === "" ? [] : [text];
  });
}

/** A pill of a text that the server has not read yet. */
export function plainPill(text: string): Pill {
  return {
    text,
    label: text,
    opposite: `not (${text})`,
    is_negated: false,
    field: null,
    operator: "",
    values: [],
  };
}

/** Where a pill stands in a question that may have changed since it was drawn; null if it is gone. */
export function placedIn(
  question: Question,
  pills: readonly Pill[],
  placed: PlacedPill,
): PlacedPill | null {
  const { off, pin } = question;
  const texts = { on: pills.map((it) => it.text), off, pinned: pin }[placed.state];
  const { text } = placed.pill;
  if (texts[placed.index] === text) return placed;
  const index = texts.indexOf(text);
  return index < 0 ? null : { ...placed, index };
}

/** The pills that are on when `text` is in the place of one, or nothing if it was removed. */
export function pillsWith(pills: readonly Pill[], placed: PlacedPill, text: string): Pill[] {
  if (placed.state !== "on") return [...pills];
  return pills.flatMap((it, at) => {
    if (at !== placed.index) return [it];
    return text === "" ? [] : [plainPill(text)];
  });
}

/** Puts `text` in the place of a pill; nothing removes it. */
export function replacePill(
  question: Question,
  pills: readonly Pill[],
  placed: PlacedPill,
  text: string,
): Patch {
  if (placed.state === "on") return { q: withText(pills, placed.index, text) };
  if (placed.state === "off") return { off: listWith(question.off, placed.index, text) };
  return { pin: listWith(question.pin, placed.index, text) };
}

/** Moves a pill to another state: switched off, on again, pinned. */
export function movePill(
  question: Question,
  pills: readonly Pill[],
  placed: PlacedPill,
  state: PillState,
): Patch {
  const removed = replacePill(question, pills, placed, "");
  const { text } = placed.pill;
  if (state === "on") return { ...removed, q: all(removed.q ?? question.q, text) };
  if (state === "off") return { ...removed, off: [...(removed.off ?? question.off), text] };
  return { ...removed, pin: [...(removed.pin ?? question.pin), text] };
}

/** Adds a term, unless it is there already; its opposite makes place for it. */
export function addTerm(question: Question, term: string, opposite: string): Patch {
  const parts = conjuncts(question.q);
  if (parts.includes(term) || question.pin.includes(term)) return {};
  const others = parts.filter((it) => it !== opposite);
  return { q: others.length < parts.length ? all(...others, term) : all(question.q, term) };
}

/** The terms of a filter that is a plain list of them; the whole filter if it is more. */
function conjuncts(q: string): string[] {
  return /["'()]|\bor\b/i.test(q) ? [q] : q.split(/\s+and\s+/i);
}

/** Names of fields of one side, and the same on the other. */
const SIDES: readonly (readonly [RegExp, string])[] = [
  [/^client_/, "server_"],
  [/^server_/, "client_"],
  [/^(pkt_)?src/, "$1dst"],
  [/^(pkt_)?dst/, "$1src"],
  [/^peer_(security_group_ids|interface_id|instance_id)$/, "$1"],
  [/^(security_group_ids|interface_id|instance_id)$/, "peer_$1"],
];

/** The same field of the other side; fields without a side stay. */
export function otherSide(field: string): string {
  const side = SIDES.find(([pattern]) => pattern.test(field));
  return side ? field.replace(side[0], side[1]) : field;
}
