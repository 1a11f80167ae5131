// Takes what is seen elsewhere: files of the records, the question as SQL, command or curl.

import { useState } from "react";

import { addressOf, ask, type Parameters, problemFrom } from "../api/client";
import type { Problem } from "../api/types";
import { download } from "../lib/download";
import { CostGuard } from "./Answer";
import { Button } from "./Button";
import { copyText } from "./CopyButton";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";
import { Menu, type MenuItem } from "./Menu";
import { ErrorState } from "./State";

export interface ExportMenuProps {
  /** What the records are asked for with. */
  records: Parameters;
  /** The address that gave what is shown. */
  shown: { path: string; parameters: Parameters };
  sql: string | null;
  command: string | null;
  /** The table that is shown, as CSV; none if the records are what is shown. */
  table: (() => string) | null;
}

const FORMATS = [
  ["csv", "CSV"],
  ["ndjson", "NDJSON"],
  ["parquet", "Parquet"],
] as const;

type Format = (typeof FORMATS)[number][0];

/** A file that the server would not make. */
interface Refused {
  format: Format;
  problem: Problem;
}

export function ExportMenu({ records, shown, sql, command, table }: ExportMenuProps) {
  const [refused, setRefused] = useState<Refused | null>(null);
  const save = async (format: Format, isConfirmed: boolean) => {
    setRefused(null);
    const confirm = isConfirmed ? { confirm: true } : {};
    const address = addressOf("/flows", { ...records, format, ...confirm });
    try {
      await ask(address);
      follow(address, `flows.${format}`);
    } catch (error) {
      setRefused({ format, problem: problemFrom(error) });
    }
  };
  const file = ([format, label]: (typeof FORMATS)[number]): MenuItem => ({
    label: `Records as ${label}`,
    icon: "export",
    onSelect: () => void save(format, false),
  });
  const items: MenuItem[] = [
    ...(table
      ? [
          {
            label: "Table as CSV",
            icon: "table" as const,
            onSelect: () => download(new Blob([table()], { type: "text/csv" }), "table.csv"),
          },
        ]
      : []),
    ...FORMATS.map(file),
    "line",
    copyItem("Copy as SQL", sql),
    copyItem("Copy as tidegate command", command),
    copyItem("Copy as curl", curlOf(addressOf(shown.path, shown.parameters))),
    copyItem("Copy link", location.href),
  ];
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button icon={<Icon name="export" />} look="outline">
            Export
          </Button>
        }
        items={items}
      />
      <Dialog isOpen={refused !== null} title="No file yet" onClose={() => setRefused(null)}>
        {refused && (
          <Refusal
            refused={refused}
            onSave={(isConfirmed) => void save(refused.format, isConfirmed)}
          />
        )}
      </Dialog>
    </>
  );
}

interface RefusalProps {
  refused: Refused;
  onSave: (isConfirmed: boolean) => void;
}

function Refusal({ refused: { problem }, onSave }: RefusalProps) {
  return problem.code === "too_large" ? (
    <CostGuard problem={problem} onConfirm={() => onSave(true)} />
  ) : (
    <ErrorState problem={problem} onRetry={() => onSave(false)} />
  );
}

function copyItem(label: string, text: string | null): MenuItem {
  return {
    label,
    icon: "copy",
    isDisabled: text === null,
    onSelect: () => void copyText(text ?? ""),
  };
}

function curlOf(address: string): string {
  const url = new URL(address, location.origin).href.replaceAll("'", "%27");
  return `curl -sS -H "Authorization: Bearer $TIDEGATE_SERVE_TOKEN" '${url}'`;
}

/** Has the browser fetch a file. */
function follow(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

/** Rows as CSV; texts that a spreadsheet would run are made harmless. */
export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
