// One record in place: every field and what it means, the same connection, the reverse flow.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import * as queries from "../../api/queries";
import type { Cell, Column, FlowsAnswer } from "../../api/types";
import { useCommand } from "../../commands/useCommand";
import { all, isTerm } from "../../filter/term";
import { fieldWord } from "../../lib/text";
import { rfc3339, timeText } from "../../lib/time";
import { bytesShort } from "../../lib/units";
import { kindOf } from "../../state/entity";
import { hrefOf } from "../../state/question";
import type { Question } from "../../state/search";
import { useValueActions } from "../../state/valueActions";
import { FlowCell } from "../../table/FlowCell";
import { Answer } from "../../ui/Answer";
import { IconButton } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Drawer } from "../../ui/Dialog";
import { GoLink } from "../../ui/GoLink";
import { Icon } from "../../ui/Icon";
import { Prose } from "../../ui/Prose";
import { EmptyState } from "../../ui/State";
import { plain, recordOf } from "./columns";
import styles from "./RowDrawer.module.css";

export interface RowDrawerProps {
  answer: { columns: Column[] };
  rows: readonly Cell[][];
  /** The row that is open, or -1. */
  index: number;
  question: Question;
  onIndex: (index: number) => void;
}

export function RowDrawer({ answer, rows, index, question, onIndex }: RowDrawerProps) {
  const row = rows[index];
  const isOpen = row !== undefined;
  const next = () => onIndex(Math.min(rows.length - 1, index + 1));
  const previous = () => onIndex(Math.max(0, index - 1));
  useCommand("rows.next", isOpen ? next : null);
  useCommand("rows.previous", isOpen ? previous : null);
  const record = recordOf(answer.columns, row ?? []);
  return (
    <Drawer
      isOpen={isOpen}
      title={row ? `Record ${index + 1} of ${rows.length}` : ""}
      onClose={() => onIndex(-1)}
      tools={
        <>
          <IconButton label="Previous (k)" disabled={index <= 0} onClick={previous}>
            <Icon name="up" />
          </IconButton>
          <IconButton label="Next (j)" disabled={index >= rows.length - 1} onClick={next}>
            <Icon name="down" />
          </IconButton>
        </>
      }
    >
      {row && <Details record={record} question={question} />}
    </Drawer>
  );
}

type Flow = ReadonlyMap<string, Cell>;

const TUPLE = ["srcaddr", "srcport", "dstaddr", "dstport", "protocol"];

function Details({ record, question }: { record: Flow; question: Question }) {
  const [isAll, setIsAll] = useState(false);
  // Never the fields of the record before, while those of this one are on their way.
  const whole = useQuery({ ...queries.flows(wholeAsk(record)), placeholderData: () => undefined });
  const tuple = TUPLE.map((it) => isTerm(it, plain(record.get(it))));
  const connection = hrefOf("/flows", question, { q: all(...tuple) });
  return (
    <>
      <Way record={record} />
      <p className={styles.links}>
        <GoLink href={connection}>Records with the same addresses and ports</GoLink>
      </p>
      <Related record={record} question={question} />
      <Answer query={whole} height={600} lines={12}>
        {(answer) => {
          const found = sameRow(answer, record);
          if (!found) return <EmptyState title="The record is no longer in the lake" />;
          const fields = answer.columns.map((column, at) => ({ column, cell: found[at] ?? null }));
          const shown = fields.filter((it) => isAll || isThere(it.cell));
          const json = JSON.stringify(Object.fromEntries(recordOf(answer.columns, found)), null, 2);
          return (
            <section aria-label="Fields">
              <header className={styles.head}>
                <h3>{shown.length} fields</h3>
                <span>
                  <label className={styles.all}>
                    <input
                      type="checkbox"
                      checked={isAll}
                      onChange={(event) => setIsAll(event.target.checked)}
                    />
                    also empty ones
                  </label>
                  <CopyButton text={json} what="record as JSON" />
                </span>
              </header>
              <dl className={styles.fields}>
                {shown.map((it) => (
                  <Field key={it.column.name} {...it} question={question} />
                ))}
              </dl>
            </section>
          );
        }}
      </Answer>
    </>
  );
}

/** A whole address of IPv6. */
const MOST = 39;

interface FieldProps {
  column: Column;
  cell: Cell;
  question: Question;
}

function Field({ column, cell, question }: FieldProps) {
  const { entityHref } = useValueActions();
  const href = entityHref(column.name, plain(cell));
  return (
    <div className={styles.field}>
      <dt>{fieldWord(column.name)}</dt>
      <dd>
        <FlowCell column={column} cell={cell} zone={question.tz} most={MOST} />
        {href && (
          <GoLink
            href={href}
            className={styles.entity}
            title={`All about this ${kindOf(column.name)}`}
          >
            <Icon name="link" size={14} />
            <span className="visually-hidden">All about this {kindOf(column.name)}</span>
          </GoLink>
        )}
      </dd>
      <dd className={styles.doc}>
        <Prose text={column.doc} />
      </dd>
    </div>
  );
}

/** Both ends of the record in one line. */
function Way({ record }: { record: Flow }) {
  const end = (side: "src" | "dst") =>
    endText(record.get(`${side}addr`), record.get(`${side}port`));
  const action = record.get("action");
  return (
    <p className={styles.way}>
      {action !== undefined && <strong data-action={action}>{String(action ?? "–")}</strong>}
      <code>{end("src") || "–"}</code> → <code>{end("dst") || "–"}</code>
    </p>
  );
}

/** An address with its port; one of IPv6 in brackets. */
function endText(address: Cell | undefined, port: Cell | undefined): string {
  const words = String(address ?? "");
  if (port === null || port === undefined) return words;
  return words.includes(":") ? `[${words}]:${String(port)}` : `${words}:${String(port)}`;
}

/** Records of the same connection within an hour, both ways. */
function Related({ record, question }: { record: Flow; question: Question }) {
  const ask = relatedAsk(record);
  const related = useQuery({
    ...queries.related(
      ask ?? { srcaddr: "", srcport: 0, dstaddr: "", dstport: 0, protocol: 0, at: "" },
    ),
    enabled: ask !== null,
    placeholderData: () => undefined,
  });
  if (!ask) return null;
  return (
    <section aria-label="Same connection">
      <h3>Same connection, an hour around</h3>
      <Answer query={related} height={100} lines={4}>
        {(answer) => {
          const rows = answer.rows.map((it) => recordOf(answer.columns, it));
          return (
            <ul className={styles.related}>
              {rows.slice(0, N_RELATED).map((it, at) => (
                <li key={at} className={styles.relatedRow}>
                  <span title={wayOf(it, record)}>
                    {wayOf(it, record) === "reverse" ? "←" : "→"}
                  </span>
                  <time>{timeText(new Date(String(it.get("end"))), question.tz)}</time>
                  <span data-action={it.get("action")}>{String(it.get("action") ?? "–")}</span>
                  <span className={styles.amount}>{bytesShort(Number(it.get("bytes") ?? 0))}</span>
                </li>
              ))}
              {rows.length > N_RELATED && <li>and {rows.length - N_RELATED} more</li>}
            </ul>
          );
        }}
      </Answer>
    </section>
  );
}

const N_RELATED = 12;

function wayOf(record: Flow, opened: Flow): "same" | "reverse" {
  const isSame = record.get("srcaddr") === opened.get("srcaddr");
  return isSame && record.get("srcport") === opened.get("srcport") ? "same" : "reverse";
}

function relatedAsk(record: Flow): queries.RelatedAsk | null {
  const [srcaddr, dstaddr, at] = ["srcaddr", "dstaddr", "end"].map((it) => plain(record.get(it)));
  if (typeof srcaddr !== "string" || typeof dstaddr !== "string" || typeof at !== "string") {
    return null;
  }
  const number = (name: string) => Number(record.get(name) ?? 0);
  return {
    srcaddr,
    dstaddr,
    at,
    srcport: number("srcport"),
    dstport: number("dstport"),
    protocol: number("protocol"),
  };
}

/** Asks for all columns of the record: its ends, in the second in which it ended. */
function wholeAsk(record: Flow): queries.FlowsAsk {
  const end = new Date(String(record.get("end")));
  const terms = [...TUPLE, "interface_id"].map((it) => isTerm(it, plain(record.get(it))));
  return {
    q: all(...terms),
    from: rfc3339(end),
    until: rfc3339(new Date(end.getTime() + 1000)),
    columns: ["*"],
    order: "oldest",
    limit: 100,
  };
}

function sameRow(answer: FlowsAnswer, record: Flow): Cell[] | undefined {
  return answer.rows.find((row) => {
    const other = recordOf(answer.columns, row);
    return ["start", "bytes", "packets"].every((it) => other.get(it) === record.get(it));
  });
}

function isThere(cell: Cell): boolean {
  if (Array.isArray(cell)) return cell.length > 0;
  return cell !== null && cell !== "";
}
