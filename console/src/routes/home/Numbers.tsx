// The four numbers of Home: accepted, rejected, bytes to the internet, new peers. Each is a link.

import { useQuery } from "@tanstack/react-query";

import * as queries from "../../api/queries";
import { Sparkline } from "../../charts/Sparkline";
import { all } from "../../filter/term";
import { bytesShort, change as changeText, countShort, exact } from "../../lib/units";
import { hrefOf, scopeOf } from "../../state/question";
import type { Question } from "../../state/search";
import { classes } from "../../ui/classes";
import { GoLink } from "../../ui/GoLink";
import { Skeleton } from "../../ui/Skeleton";
import styles from "../home.module.css";
import { FROM_INTERNET, TO_INTERNET } from "./questions";

/** A peer is new if it was not seen in so many days before the window. */
const DAYS_BEFORE = 7;

export function Numbers({ question }: { question: Question }) {
  return (
    <div className={styles.numbers}>
      <Actions question={question} />
      <Egress question={question} />
      <NewPeers question={question} />
    </div>
  );
}

function Actions({ question }: { question: Question }) {
  const answer = useQuery(
    queries.explore({
      ...scopeOf(question),
      by: ["action"],
      metric: "flows",
      bucket: "auto",
      compare: "week",
    }),
  );
  const one = (action: "ACCEPT" | "REJECT", label: string, colour: string) => {
    const row = answer.data?.rows.find((it) => it.key[0] === action);
    return (
      <Tile
        label={label}
        isLoading={answer.isPending}
        isOld={answer.isPlaceholderData}
        error={answer.error}
        amount={row?.value ?? 0}
        text={countShort}
        unit="records"
        values={row?.series ?? []}
        previous={row?.previous ?? null}
        colour={colour}
        href={hrefOf("/explore", question, {
          q: all(question.q, `action = ${action}`),
          metric: "flows",
        })}
      />
    );
  };
  return (
    <>
      {one("ACCEPT", "Accepted", "var(--accept)")}
      {one("REJECT", "Rejected", "var(--reject)")}
    </>
  );
}

function Egress({ question }: { question: Question }) {
  const scope = scopeOf(question);
  const answer = useQuery(
    queries.explore({
      ...scope,
      q: all(scope.q, TO_INTERNET),
      by: [],
      metric: "bytes",
      bucket: "auto",
      compare: "week",
    }),
  );
  const total = answer.data?.total;
  return (
    <Tile
      label="To the internet"
      isLoading={answer.isPending}
      isOld={answer.isPlaceholderData}
      error={answer.error}
      amount={total?.value ?? 0}
      text={bytesShort}
      unit="bytes"
      values={total?.series ?? []}
      previous={total?.previous ?? null}
      colour="var(--series-2)"
      href={hrefOf("/explore", question, {
        q: all(question.q, TO_INTERNET),
        by: ["srcaddr"],
        server_by: ["dst_as_name"],
        metric: "bytes",
      })}
    />
  );
}

function NewPeers({ question }: { question: Question }) {
  const scope = scopeOf(question);
  const q = all(scope.q, FROM_INTERNET);
  const answer = useQuery(queries.newcomers({ ...scope, q, field: "srcaddr", days: DAYS_BEFORE }));
  return (
    <Tile
      label="New peers on the internet"
      isLoading={answer.isPending}
      isOld={answer.isPlaceholderData}
      error={answer.error}
      amount={answer.data?.n_new ?? 0}
      text={countShort}
      unit={`not seen in the ${DAYS_BEFORE} days before`}
      values={answer.data?.series ?? []}
      previous={null}
      colour="var(--series-1)"
      href={hrefOf("/explore", question, {
        q: all(question.q, FROM_INTERNET),
        by: ["srcaddr"],
        server_by: [],
        metric: "flows",
      })}
    />
  );
}

interface TileProps {
  label: string;
  isLoading: boolean;
  /** It is the number of the question before. */
  isOld: boolean;
  error: Error | null;
  amount: number;
  text: (amount: number) => string;
  unit: string;
  values: readonly number[];
  previous: number | null;
  colour: string;
  href: string;
}

function Tile(props: TileProps) {
  const { label, isLoading, isOld, error, amount, text, unit, values, previous, colour, href } =
    props;
  return (
    <GoLink href={href} className={classes(styles.tile, isOld && styles.old)} isBusy={isOld}>
      <span className={styles.tileLabel}>{label}</span>
      {isLoading ? (
        <Skeleton height={52} />
      ) : error ? (
        <span className={styles.tileFault}>{error.message}</span>
      ) : (
        <>
          <span className={styles.tileAmount} title={`${exact(amount)} ${unit}`}>
            {text(amount)}
          </span>
          <span className={styles.tileNote}>{noteText(amount, previous, unit)}</span>
          <span className={styles.tileSpark}>
            <Sparkline values={values} width={260} height={32} colour={colour} />
          </span>
        </>
      )}
    </GoLink>
  );
}

function noteText(amount: number, previous: number | null, unit: string): string {
  if (previous === null) return unit;
  return previous === 0
    ? `${unit}, none a week ago`
    : `${unit}, ${changeText(amount, previous)} against a week ago`;
}
