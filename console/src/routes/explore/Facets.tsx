// The classic dashboard: the usual fields, each with its largest values.

import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";

import * as queries from "../../api/queries";
import { measureOf } from "../../lib/measure";
import { scopeOf, useChange } from "../../state/question";
import type { Question } from "../../state/search";
import { FacetList } from "../../table/FacetList";
import { Answer, Warnings } from "../../ui/Answer";
import styles from "../explore.module.css";

const FIELDS = [
  "action",
  "direction",
  "protocol",
  "dstport",
  "security_group_ids",
  "srcaddr",
  "dstaddr",
] as const;

const TITLES: Readonly<Record<string, string>> = {
  action: "Actions",
  direction: "Directions",
  protocol: "Protocols",
  dstport: "Destination ports",
  security_group_ids: "Security groups",
  srcaddr: "Source addresses",
  dstaddr: "Destination addresses",
};
const HEIGHT = 372;
/** As many as three short fields are high. */
const N_VALUES = 12;

export function Facets({ question }: { question: Question }) {
  const change = useChange();
  const measure = measureOf(question.metric);
  const onGroup = useCallback((field: string) => change({ by: [field], server_by: [] }), [change]);
  const facets = useQuery(
    queries.facets({
      ...scopeOf(question),
      fields: FIELDS,
      metric: question.metric,
      limit: N_VALUES,
    }),
  );
  return (
    <Answer query={facets} height={HEIGHT} lines={2}>
      {(answer) => (
        <>
          <Warnings cost={answer.cost} />
          <div className={styles.facets} hidden={answer.facets.every((it) => it.total === 0)}>
            {answer.facets.map((it) => (
              <div key={it.field} data-field={it.field} className={styles.facet}>
                <FacetList
                  facet={it}
                  title={TITLES[it.field] ?? it.field}
                  measure={measure}
                  onGroup={onGroup}
                />
              </div>
            ))}
          </div>
        </>
      )}
    </Answer>
  );
}
