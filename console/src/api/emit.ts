// Plans as text: commands and templates that somebody else runs.
import { queryOptions } from "@tanstack/react-query";

import { get } from "./client";

export type AdviceForm = "cli" | "rollback" | "terraform" | "cloudformation" | "markdown" | "plan";
export type CoverageForm = "cli" | "terraform" | "cloudformation";

/** How often to look whether a text is made, in milliseconds. */
const LOOK_MS = 1000;

/** The plan for all groups, or for one; null while it is made. */
export const adviceText = (it: {
  form: AdviceForm;
  days: number;
  group?: string;
  isReady: boolean;
}) =>
  queryOptions({
    queryKey: ["/advice/emit", it.form, it.days, it.group ?? ""],
    queryFn: ({ signal }) => {
      const { form, days, group } = it;
      return get<string | null>("/advice/emit", { form, days, group }, { signal });
    },
    refetchInterval: (query) => (query.state.data === null ? LOOK_MS : false),
    enabled: it.isReady,
  });

export const coverageText = (it: { form: CoverageForm; isReady: boolean }) =>
  queryOptions({
    queryKey: ["/coverage/emit", it.form],
    queryFn: ({ signal }) => get<string>("/coverage/emit", { form: it.form }, { signal }),
    enabled: it.isReady,
  });
