// The filter of the question: pills, or text; whichever the person likes.
// Pure: what the server says of the filter comes in, changes go out.

import { type Ref, useImperativeHandle, useRef, useState } from "react";

import type { Pill, Problem } from "../api/types";
import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import type { PillState, PlacedPill } from "./edit";
import styles from "./FilterBar.module.css";
import { FilterEditor, type FilterEditorHandle } from "./FilterEditor";
import { PillButton } from "./PillButton";
import type { Complete } from "./useOffer";

export interface FilterBarProps {
  /** The filter without what is pinned or off. */
  q: string;
  /** Null if the filter is more than a list of terms: then there is only text. */
  pills: readonly PlacedPill[] | null;
  /** What is wrong with the filter of the URL. */
  problem: Problem | null;
  /** Reads a filter: its problem, or null if it is right. */
  lint: (text: string) => Promise<Problem | null>;
  complete: Complete;
  onText: (text: string) => void;
  onAdd: (text: string) => void;
  onReplace: (placed: PlacedPill, text: string) => void;
  onMove: (placed: PlacedPill, state: PillState) => void;
  onSwap: () => void;
  ref?: Ref<FilterBarHandle>;
}

export interface FilterBarHandle {
  focus: () => void;
  toggleText: () => void;
}

/** What the editor holds: a new term, a pill, or the whole filter. */
type Draft =
  | { of: "new"; text: string }
  | { of: "pill"; text: string; placed: PlacedPill }
  | { of: "all"; text: string };

export function FilterBar({ ref, ...props }: FilterBarProps) {
  const { q, pills, lint } = props;
  const [isText, setIsText] = useState(false);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [fault, setFault] = useState<Problem | null>(null);
  const editor = useRef<FilterEditorHandle>(null);
  const isWhole = isText || pills === null;
  const shown: Draft = draft ?? (isWhole ? { of: "all", text: q } : { of: "new", text: "" });

  const start = (next: Draft | null) => {
    setDraft(next);
    setFault(null);
  };
  const toggleText = () => {
    setIsText(!isText);
    start(null);
  };
  useImperativeHandle(ref, () => ({ focus: () => editor.current?.focus(), toggleText }));

  const apply = async (text: string) => {
    const problem = await lint(text);
    setFault(problem);
    if (problem) return;
    if (shown.of === "pill") props.onReplace(shown.placed, text.trim());
    else if (shown.of === "all") props.onText(text.trim());
    else props.onAdd(text.trim());
    setDraft(null);
  };
  const edit = (placed: PlacedPill) => {
    start({ of: "pill", text: placed.pill.text, placed });
    editor.current?.focus();
  };
  const actions = { onReplace: props.onReplace, onMove: props.onMove, onEdit: edit };
  const editing = shown.of === "pill" ? shown.placed : null;
  const isTouched = draft !== null && draft.text !== q;
  return (
    <div className={styles.bar} role="search">
      <span className={styles.icon}>
        <Icon name="filter" />
      </span>
      {(isWhole ? (pills ?? []).filter((it) => it.state !== "on") : (pills ?? [])).map((it) =>
        it === editing ? null : (
          <PillButton key={`${it.state} ${it.index} ${it.pill.text}`} placed={it} {...actions} />
        ),
      )}
      <FilterEditor
        ref={editor}
        value={shown.text}
        placeholder={pills && pills.length > 0 ? "and …" : "Filter: an address, a port, REJECT, …"}
        problem={fault ?? (isTouched ? null : props.problem)}
        onChange={(text) => start({ ...shown, text })}
        onApply={(text) => void apply(text)}
        onCancel={() => start(null)}
        complete={props.complete}
      />
      <IconButton label="Swap client and server (s)" onClick={props.onSwap}>
        <Icon name="swap" />
      </IconButton>
      <IconButton
        label={isWhole ? "Show as pills (e)" : "Show as text (e)"}
        isPressed={isWhole}
        disabled={pills === null}
        onClick={toggleText}
      >
        <Icon name="text" />
      </IconButton>
      {(q !== "" || (pills ?? []).length > 0) && (
        <IconButton label="Clear the filter" onClick={() => props.onText("")}>
          <Icon name="close" />
        </IconButton>
      )}
    </div>
  );
}

/** Pills of the three states with their places: pinned first, switched off last. */
export function placePills(on: readonly Pill[], off: readonly Pill[], pinned: readonly Pill[]) {
  const place = (pills: readonly Pill[], state: PillState): PlacedPill[] =>
    pills.map((pill, index) => ({ pill, state, index }));
  return [...place(pinned, "pinned"), ...place(on, "on"), ...place(off, "off")];
}
