// The editor of SQL: completion from the schema, Ctrl-Enter, the error under its word.
// CodeMirror lives in a shadow root (ui/shadow.ts); React only tells it what changed outside.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import type { Completion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { useEffect, useRef } from "react";

import type { SchemaAnswer, Span } from "../api/types";
import { shadowOf } from "../ui/shadow";
import { editorColours, editorTheme } from "./editorTheme";
import styles from "./SqlEditor.module.css";
import { typeWord } from "./typeWord";

export interface SqlEditorProps {
  /** The text it begins with; another one replaces what stands there. */
  text: string;
  schema: SchemaAnswer | null;
  /** Where the server found a fault in `text`. */
  fault: SqlFault | null;
  onChange: (text: string) => void;
  onRun: (text: string) => void;
  /** Hands out the editor's own hand: inserts a word where the cursor is. */
  onReady?: (insert: (word: string) => void) => void;
}

export interface SqlFault {
  span: Span;
  message: string;
}

export function SqlEditor({ text, schema, fault, onChange, onRun, onReady }: SqlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const language = useRef(new Compartment());
  const handlers = useRef({ onChange, onRun, onReady });
  const first = useRef(text);
  useEffect(() => {
    handlers.current = { onChange, onRun, onReady };
  });
  useEffect(() => {
    if (host.current === null) return undefined;
    const root = shadowOf(host.current);
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          extensions((words) => handlers.current.onRun(words)),
          language.current.of(languageOf(null)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) handlers.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = view;
    handlers.current.onReady?.((word) => {
      view.dispatch(view.state.replaceSelection(word));
      view.focus();
    });
    return () => {
      editor.current = null;
      view.destroy();
    };
  }, []);
  useEffect(() => {
    editor.current?.dispatch({ effects: language.current.reconfigure(languageOf(schema)) });
  }, [schema]);
  useEffect(() => {
    const view = editor.current;
    if (view === null || view.state.doc.toString() === text) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    const view = editor.current;
    if (view !== null) view.dispatch(setDiagnostics(view.state, diagnostics(view, fault)));
  }, [fault]);
  return <div ref={host} className={styles.host} />;
}

function extensions(run: (text: string) => void): Extension {
  const runKey = {
    key: "Mod-Enter",
    run: (view: EditorView) => {
      run(view.state.doc.toString());
      return true;
    },
  };
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false }),
    syntaxHighlighting(editorColours),
    editorTheme,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": "SQL" }),
    placeholder("select ... from flows"),
    Prec.highest(keymap.of([runKey])),
    // Tab is left to the browser: who came by keys must get out by keys.
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
  ];
}

/** SQL with the tables, columns and functions of the lake. */
function languageOf(schema: SchemaAnswer | null): Extension {
  const tables: Record<string, Completion[]> = {};
  const docs = new Map((schema?.fields ?? []).map((field) => [field.name, field.doc]));
  for (const table of schema?.tables ?? []) {
    tables[table.name] = table.columns.map(({ name, type }) => {
      return { label: name, type: "property", detail: typeWord(type), info: docs.get(name) ?? "" };
    });
  }
  const functions: Completion[] = (schema?.functions ?? []).map(({ name, signature, doc }) => {
    return { label: name, type: "function", detail: signature, info: doc, apply: `${name}(` };
  });
  return [
    sql({ dialect: PostgreSQL, schema: tables, defaultTable: "flows" }),
    PostgreSQL.language.data.of({
      autocomplete: (context: { matchBefore: (of: RegExp) => { from: number } | null }) => {
        const word = context.matchBefore(/\w{2,}/);
        return word === null ? null : { from: word.from, options: functions };
      },
    }),
  ];
}

function diagnostics(view: EditorView, fault: SqlFault | null) {
  const length = view.state.doc.length;
  if (fault === null || length === 0) return [];
  const from = Math.min(fault.span.start, length - 1);
  const to = Math.max(from + 1, Math.min(fault.span.end, length));
  return [{ from, to, severity: "error" as const, message: fault.message }];
}
