// The tables and their columns beside the editor; a click writes the name where the cursor is.
import { useState } from "react";

import type { SchemaAnswer, SchemaTable } from "../api/types";
import styles from "./SchemaTree.module.css";
import { typeWord } from "./typeWord";

/** The table that most questions are about stands first. */
const FIRST = "flows";

export interface SchemaTreeProps {
  schema: SchemaAnswer;
  onInsert: (word: string) => void;
}

export function SchemaTree({ schema, onInsert }: SchemaTreeProps) {
  const [wanted, setWanted] = useState("");
  const docs = new Map(schema.fields.map((field) => [field.name, field.doc]));
  const word = wanted.trim().toLowerCase();
  const tables = schema.tables.toSorted(
    (a, b) => Number(b.name === FIRST) - Number(a.name === FIRST),
  );
  return (
    <div className={styles.tree}>
      <input
        className={styles.search}
        type="search"
        aria-label="Find a column or function"
        placeholder="Find a column or function"
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      <div className={styles.list}>
        {tables.map((table) => (
          <Table
            key={table.name}
            table={table}
            docs={docs}
            word={word}
            isOpen={table.name === FIRST || word !== ""}
            onInsert={onInsert}
          />
        ))}
        <Functions schema={schema} word={word} onInsert={onInsert} />
      </div>
    </div>
  );
}

interface TableProps {
  table: SchemaTable;
  docs: ReadonlyMap<string, string>;
  word: string;
  isOpen: boolean;
  onInsert: (word: string) => void;
}

function Table({ table, docs, word, isOpen, onInsert }: TableProps) {
  const columns = table.columns.filter((column) => {
    return (
      word === "" || `${column.name} ${docs.get(column.name) ?? ""}`.toLowerCase().includes(word)
    );
  });
  if (columns.length === 0 && word !== "") return null;
  return (
    <details className={styles.table} open={isOpen}>
      <summary>
        <code>{table.name}</code>
        <span className={styles.count}>{table.columns.length}</span>
      </summary>
      <ul>
        {columns.map((column) => (
          <li key={column.name}>
            <button
              type="button"
              title={docs.get(column.name) ?? column.type}
              onClick={() => onInsert(column.name)}
            >
              <code>{column.name}</code>
              <span>{typeWord(column.type)}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

type FunctionsProps = SchemaTreeProps & { word: string };

function Functions({ schema, word, onInsert }: FunctionsProps) {
  const functions = schema.functions.filter((it) => {
    return word === "" || `${it.name} ${it.doc}`.toLowerCase().includes(word);
  });
  if (functions.length === 0) return null;
  return (
    <details className={styles.table} open={word !== ""}>
      <summary>
        Functions
        <span className={styles.count}>{schema.functions.length}</span>
      </summary>
      <ul>
        {functions.map((it) => (
          <li key={it.signature}>
            <button
              type="button"
              title={`${it.signature}\n${it.doc}`}
              onClick={() => onInsert(it.name)}
            >
              <code>{it.name}</code>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
