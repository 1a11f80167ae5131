// Completions of the text that is typed: asked for when the typing rests, and only the newest counts.

import { useCallback, useEffect, useRef, useState } from "react";

import type { CompleteAnswer } from "../api/types";

/** Asks for completions of `text` at a place; `signal` says when nobody waits for them any more. */
export type Complete = (text: string, at: number, signal: AbortSignal) => Promise<CompleteAnswer>;

export interface Offer extends CompleteAnswer {
  /** The text that it completes: of another text, its places are wrong. */
  text: string;
  /** The item that is marked, or -1. */
  chosen: number;
}

/** Letters that follow one another within this time are one question. */
const TYPING_MS = 80;

export function useOffer(complete: Complete) {
  const [offer, setOffer] = useState<Offer | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asking = useRef<AbortController>(undefined);

  const drop = useCallback(() => {
    clearTimeout(timer.current);
    asking.current?.abort();
  }, []);
  useEffect(() => drop, [drop]);

  /** Asks at once; returns what is offered, or null if nothing is or the text went on. */
  const suggest = async (text: string, at: number): Promise<Offer | null> => {
    drop();
    const { signal } = (asking.current = new AbortController());
    // Who types gets on without completions: a filter that is wrong says so when it is applied.
    const answer = await complete(text, at, signal).catch(() => null);
    if (signal.aborted) return null;
    const isUseful = answer !== null && answer.items.length > 0;
    const found = isUseful ? { ...answer, text, chosen: isFinished(answer, text) ? -1 : 0 } : null;
    setOffer(found);
    return found;
  };
  const suggestSoon = (text: string, at: number) => {
    drop();
    timer.current = setTimeout(() => void suggest(text, at), TYPING_MS);
  };
  const close = () => {
    drop();
    setOffer(null);
  };
  return { offer, setOffer, suggest, suggestSoon, close };
}

/**
 * Whether the word at the cursor is whole already: then nothing is chosen beforehand, so that Enter
 * applies the filter instead of adding to it.
 */
function isFinished(answer: CompleteAnswer, text: string): boolean {
  const word = text.slice(answer.start, answer.end);
  return word.trim() === "" || answer.items.some((it) => it.insert.trim() === word.trim());
}
