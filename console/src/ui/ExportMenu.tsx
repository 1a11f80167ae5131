// Takes what is seen elsewhere: files of the records, the question as SQL, command or curl.

import { addressOf, type Parameters } from "../api/client";
import { Button } from "./Button";
import { copyText } from "./CopyButton";
import { Icon } from "./Icon";
import { Menu, type MenuItem } from "./Menu";

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

export function ExportMenu({ records, shown, sql, command, table }: ExportMenuProps) {
  const file = ([format, label]: (typeof FORMATS)[number]): MenuItem => ({
    label: `Records as ${label}`,
    icon: "export",
    onSelect: () => download(addressOf("/flows", { ...records, format }), `flows.${format}`),
  });
  const items: MenuItem[] = [
    ...(table
      ? [
          {
            label: "Table as CSV",
            icon: "table" as const,
            onSelect: () => downloadText(table(), "table.csv"),
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
    <Menu
      align="end"
      trigger={
        <Button icon={<Icon name="export" />} look="outline">
          Export
        </Button>
      }
      items={items}
    />
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

function download(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

function downloadText(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  download(address, name);
  URL.revokeObjectURL(address);
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
