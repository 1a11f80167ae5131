// The text editor of filters: colours, completion, and faults under the word.
//
// A transparent text area lies over the same text in colours, so that selection, undo, input methods
// and screen readers are the browser's own. It asks nobody: completion comes from `complete`.

import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useRef } from "react";

import type { Completion, Problem } from "../api/types";
import { classes } from "../ui/classes";
import { sentence } from "../ui/State";
import { Completions } from "./Completions";
import styles from "./FilterEditor.module.css";
import { pieces } from "./highlight";
import { type Complete, type Offer, useOffer } from "./useOffer";

export interface FilterEditorProps {
  value: string;
  placeholder: string;
  problem: Problem | null;
  onChange: (value: string) => void;
  onApply: (value: string) => void;
  onCancel: () => void;
  complete: Complete;
  ref?: Ref<FilterEditorHandle>;
}

export interface FilterEditorHandle {
  focus: () => void;
}

/** A filter as text. */
export function FilterEditor({ ref, ...props }: FilterEditorProps) {
  const { value, placeholder, problem, onChange, complete } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const { offer, setOffer, suggest, suggestSoon, close } = useOffer(complete);
  const id = useId();
  useImperativeHandle(ref, () => ({ focus: () => area.current?.focus() }), []);

  const take = (item: Completion, offer: Offer) => {
    // A space after it, so that the next word can be typed, or completed, at once.
    const rest = value.slice(offer.end);
    const insert = /^\s/.test(rest) ? item.insert : `${item.insert.trimEnd()} `;
    const text = value.slice(0, offer.start) + insert + rest;
    const at = offer.start + insert.length;
    onChange(text);
    requestAnimationFrame(() => area.current?.setSelectionRange(at, at));
    area.current?.focus();
    void suggest(text, at);
  };
  /** Takes what is offered for the text as it is now, if the list is of an older one. */
  const takeNewest = async (at: number, isApplied: boolean) => {
    const newest = await suggest(value, at);
    if (area.current?.value !== value) return;
    const item = newest?.items[newest.chosen];
    if (newest && item) take(item, newest);
    else if (isApplied) apply();
  };
  const apply = () => {
    close();
    props.onApply(value);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const at = event.currentTarget.selectionStart;
    const act = actionOf(event, offer);
    if (act === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (act === "suggest") void suggest(value, at);
    else if (act === "close") close();
    else if (act === "cancel") props.onCancel();
    else if (act === "apply") apply();
    else if (act === "take" && offer) {
      const item = offer.items[offer.chosen];
      if (offer.text !== value) void takeNewest(at, event.key === "Enter");
      else if (item) take(item, offer);
    } else if (offer) setOffer({ ...offer, chosen: moved(offer, act === "down" ? 1 : -1) });
  };
  const fault = problem?.span ?? null;
  return (
    <div className={styles.editor}>
      <div className={styles.stack}>
        <div className={styles.colours} aria-hidden="true">
          {pieces(value, fault).map((it) => (
            <span key={it.start} className={classes(styles[it.kind], it.isWrong && styles.wrong)}>
              {it.text}
            </span>
          ))}
          {fault && fault.start >= value.length && <span className={styles.wrong}>{"\u00A0"}</span>}
          {"\u200B"}
        </div>
        <textarea
          ref={area}
          rows={1}
          className={styles.area}
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          role="combobox"
          aria-label="Filter"
          aria-expanded={offer !== null}
          aria-controls={`${id}list`}
          aria-autocomplete="list"
          aria-activedescendant={offer && offer.chosen >= 0 ? `${id}${offer.chosen}` : undefined}
          aria-invalid={problem !== null}
          aria-describedby={problem ? `${id}problem` : undefined}
          onChange={(event) => {
            const text = event.target.value.replaceAll("\n", " ");
            onChange(text);
            suggestSoon(text, event.target.selectionStart);
          }}
          onFocus={(event) => void suggest(value, event.target.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={close}
        />
      </div>
      {offer && (
        <Completions
          id={id}
          items={offer.items}
          chosen={offer.chosen}
          start={offer.start}
          onTake={(item) => {
            if (offer.text === value) take(item, offer);
          }}
        />
      )}
      {problem && <Fault id={`${id}problem`} problem={problem} value={value} onFix={onChange} />}
    </div>
  );
}

/** What is wrong, and words that would be right. */
function Fault(props: {
  id: string;
  problem: Problem;
  value: string;
  onFix: (value: string) => void;
}) {
  const { id, problem, value, onFix } = props;
  const { span } = problem;
  return (
    <div id={id} className={styles.fault} role="alert">
      <span>
        {sentence(problem.message)}
        {problem.hint && `: ${problem.hint}`}
      </span>
      {span &&
        problem.suggestions.map((it) => (
          <button
            key={it}
            type="button"
            className={styles.fix}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onFix(value.slice(0, span.start) + it + value.slice(span.end))}
          >
            {it}
          </button>
        ))}
    </div>
  );
}

type Act = "suggest" | "close" | "cancel" | "apply" | "take" | "up" | "down";

function actionOf(event: KeyboardEvent, offer: Offer | null): Act | null {
  const isMod = event.ctrlKey || event.metaKey;
  if (event.key === " " && event.ctrlKey) return "suggest";
  if (event.key === "Escape") return offer ? "close" : "cancel";
  if (event.key === "Enter") {
    return offer && offer.chosen >= 0 && !isMod ? "take" : "apply";
  }
  if (!offer) return null;
  if (event.key === "Tab" && !event.shiftKey && offer.chosen >= 0) return "take";
  if (event.key === "ArrowDown") return "down";
  return event.key === "ArrowUp" ? "up" : null;
}

function moved(offer: Offer, way: 1 | -1): number {
  const n = offer.items.length;
  if (offer.chosen < 0) return way === 1 ? 0 : n - 1;
  return (offer.chosen + way + n) % n;
}
