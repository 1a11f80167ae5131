// Parameters of the URL that belong to one page alone: the days of advice, the tab that is open.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

type Before = Record<string, string | string[] | undefined>;

/** One parameter and how to set it; its usual value is not in the URL. Does not add to history. */
export function useOwn(name: string, usual: string): [string, (value: string) => void] {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const said = search[name];
  const set = useCallback(
    (value: string) => {
      void navigate({
        to: ".",
        replace: true,
        search: (before: Before) => {
          const { [name]: _, ...rest } = before;
          return value === usual ? rest : { ...rest, [name]: value };
        },
      });
    },
    [name, usual, navigate],
  );
  return [typeof said === "string" && said !== "" ? said : usual, set];
}

/** The value as one of those that are allowed, else the first. */
export function among<Value extends string>(values: readonly Value[], value: string): Value {
  const found = values.find((it) => it === value) ?? values[0];
  if (found === undefined) throw new Error("a choice needs values");
  return found;
}
