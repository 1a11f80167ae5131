// The newest records of the question, below the charts. All of them are on the page Flows.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";

import * as queries from "../../api/queries";
import type { FlowsAnswer } from "../../api/types";
import { exact } from "../../lib/units";
import { scopeOf } from "../../state/question";
import { type Question, writeQuestion } from "../../state/search";
import { FlowTable } from "../../table/FlowTable";
import { Answer } from "../../ui/Answer";
import { Panel } from "../../ui/Panel";
import { EmptyState } from "../../ui/State";
import styles from "../explore.module.css";
import { askedColumns, shownColumns, shownRows } from "../flows/columns";
import { RowDrawer } from "../flows/RowDrawer";
import { usePicked } from "../flows/usePicked";

const N_RECORDS = 100;
const HEIGHT = 320;

export function Records({ question }: { question: Question }) {
  const schema = useQuery(queries.schema());
  const shown = shownColumns(question.cols, schema.data);
  const flows = useQuery({
    ...queries.flows({
      ...scopeOf(question),
      columns: askedColumns(shown ?? []),
      order: question.order,
      limit: N_RECORDS,
    }),
    enabled: shown !== null,
  });
  const total = flows.data?.n_total ?? null;
  return (
    <Panel
      title="Records"
      tools={
        total !== 0 && (
          <Link to="/flows" search={writeQuestion(question)} className={styles.more}>
            {total === null ? "All records" : `All ${exact(total)} records`}
          </Link>
        )
      }
    >
      {shown === null ? (
        <Answer query={schema} height={HEIGHT} lines={10}>
          {() => null}
        </Answer>
      ) : (
        <Answer query={flows} height={HEIGHT} lines={10}>
          {(answer) => <Rows question={question} answer={answer} shown={shown} />}
        </Answer>
      )}
    </Panel>
  );
}

interface RowsProps {
  question: Question;
  answer: FlowsAnswer;
  /** The names of the columns to show. */
  shown: readonly string[];
}

/** The table and its drawer. */
function Rows({ question, answer, shown: names }: RowsProps) {
  const opened = usePicked(answer);
  const shown = useMemo(() => shownRows(answer, names), [answer, names]);
  if (shown.rows.length === 0) return <EmptyState title="No records match" />;
  return (
    <>
      <FlowTable
        label="Records"
        columns={shown.columns}
        rows={shown.rows}
        zone={question.tz}
        selected={opened.index}
        height={HEIGHT}
        onSelect={() => {}}
        onOpen={opened.at}
      />
      <RowDrawer
        answer={answer}
        rows={answer.rows}
        index={opened.index}
        question={question}
        onIndex={opened.at}
      />
    </>
  );
}
