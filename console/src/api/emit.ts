// Plans as text: commands and templates that somebody else runs.
import { queryOptions } from "@tanstack/react-query";

import { get } from "./client";

export type AdviceForm = "cli" | "rollback" | "terraform" | "cloudformation" | "markdown" | "plan";
export type CoverageForm = "cli" | "terraform" | "cloudformation";

/** The plan for all groups, or for one. */
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
      return get<string>("/advice/emit", { form, days, group }, { signal });
    },
    enabled: it.isReady,
  });

export const coverageText = (it: { form: CoverageForm; isReady: boolean }) =>
  queryOptions({
    queryKey: ["/coverage/emit", it.form],
    queryFn: ({ signal }) => get<string>("/coverage/emit", { form: it.form }, { signal }),
    enabled: it.isReady,
  });
