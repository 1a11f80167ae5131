// The question of the URL as a hook, and the one way to change it.

import { useLocation, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import type { Scope } from "../api/queries";
import { all } from "../filter/term";
import { type Question, readQuestion, stringifySearch, writeQuestion } from "./search";

/** The question that the URL asks. */
export function useQuestion(): Question {
  const search = useSearch({ strict: false });
  return useMemo(() => readQuestion(search), [search]);
}

export interface Change {
  (patch: Partial<Question>, options?: { page?: string; isReplacing?: boolean }): void;
}

/** Changes the question: a new entry of the history, so that going back undoes it. */
export function useChange(): Change {
  const navigate = useNavigate();
  const path = useLocation({ select: (it) => it.pathname });
  const router = useRouter();
  return useCallback(
    (patch, options = {}) => {
      const { page = path, isReplacing = false } = options;
      // The newest location, so that two changes in one moment both count.
      const now = readQuestion(router.latestLocation.search);
      const own = page === path ? foreign(router.latestLocation.search) : {};
      const search = { ...own, ...writeQuestion({ ...now, ...patch }) };
      void navigate({ to: page, search, replace: isReplacing });
    },
    [navigate, path, router],
  );
}

/** Parameters that are a page's own and not the question's. */
function foreign(search: Readonly<Record<string, unknown>>): Record<string, string> {
  const own = Object.entries(search).filter(([name]) => !NAMES.has(name));
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}

const NAMES = new Set(Object.keys(readQuestion({})));

/** The address of a page with a question, the current one changed by `patch`. */
export function hrefOf(page: string, question: Question, patch: Partial<Question> = {}): string {
  return `${page}${stringifySearch(writeQuestion({ ...question, ...patch }))}`;
}

/** The filter and the window that endpoints are asked with: what is pinned goes along. */
export function scopeOf({ q, pin, from, until }: Question): Scope {
  return { q: all(...pin, q), from, until };
}

/** Goes to an address of the console without loading the page anew. */
export function useGo(): (href: string) => void {
  const router = useRouter();
  return useCallback((href) => router.history.push(href), [router]);
}
