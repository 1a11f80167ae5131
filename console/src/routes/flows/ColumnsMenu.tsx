// Which columns the records show. In the URL, so a colleague sees the same ones.

import { useState } from "react";

import type { SchemaAnswer } from "../../api/types";
import { fieldWord } from "../../lib/text";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Popover } from "../../ui/Popover";
import { Prose } from "../../ui/Prose";
import { shownColumns } from "./columns";
import styles from "./ColumnsMenu.module.css";

export interface ColumnsMenuProps {
  schema: SchemaAnswer | undefined;
  chosen: readonly string[];
  onChange: (columns: string[]) => void;
}

export function ColumnsMenu({ schema, chosen, onChange }: ColumnsMenuProps) {
  const [typed, setTyped] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const { fields = [], usual_columns: usual = [] } = schema ?? {};
  const shown = shownColumns(chosen, schema) ?? [];
  const word = typed.trim().toLowerCase();
  const found = fields.filter((it) => `${it.name} ${it.doc}`.toLowerCase().includes(word));
  const isUsual = (columns: readonly string[]) => columns.join() === usual.join();
  const toggle = (name: string) => {
    const next = shown.includes(name) ? shown.filter((it) => it !== name) : [...shown, name];
    onChange(isUsual(next) ? [] : next);
  };
  return (
    <Popover
      title="Columns"
      align="end"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <Button icon={<Icon name="table" />} look="outline">
          Columns
        </Button>
      }
    >
      <div className={styles.panel}>
        <input
          className={styles.search}
          value={typed}
          placeholder="Find a column"
          aria-label="Find a column"
          onChange={(event) => setTyped(event.target.value)}
        />
        <ul className={styles.list} aria-label="Columns">
          {found.map((it) => (
            <li key={it.name}>
              <label className={styles.column} title={it.doc}>
                <input
                  type="checkbox"
                  checked={shown.includes(it.name)}
                  onChange={() => toggle(it.name)}
                />
                <span>{fieldWord(it.name)}</span>
                <span className={styles.doc}>
                  <Prose text={it.doc} />
                </span>
              </label>
            </li>
          ))}
        </ul>
        <Button look="plain" onClick={() => onChange([])} disabled={chosen.length === 0}>
          The usual columns
        </Button>
      </div>
    </Popover>
  );
}
