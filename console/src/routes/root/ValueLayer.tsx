// What values do when they are picked, and the one menu that they all share.

import { useQuery } from "@tanstack/react-query";
import { useLocation, useRouter } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";

import * as queries from "../../api/queries";
import type { Note } from "../../api/types";
import { addTerm } from "../../filter/edit";
import { all, isNotTerm, isTerm } from "../../filter/term";
import { fieldWord, wordOf } from "../../lib/text";
import { entityPath, kindOf } from "../../state/entity";
import { useNames } from "../../state/names";
import { hrefOf, useChange, useGo, useQuestion } from "../../state/question";
import { type Question, readQuestion } from "../../state/search";
import { type Picked, type ValueActions, ValueActionsContext } from "../../state/valueActions";
import { copyText } from "../../ui/CopyButton";
import { MenuAt, type MenuItem, type Place } from "../../ui/Menu";

/** Pages that show the filter: a value that is picked there changes what they show. */
const FILTERED = new Set(["/", "/explore", "/flows"]);

interface Opened {
  place: Place;
  picked: Picked;
}

export function ValueLayer({ children }: { children: ReactNode }) {
  const question = useQuestion();
  const change = useChange();
  const path = useLocation({ select: (it) => it.pathname });
  const notes = useQuery(queries.notes()).data;
  const names = useNames();
  const [opened, setOpened] = useState<Opened | null>(null);
  const router = useRouter();
  // The question is read when something is picked: another question does not draw all values again.
  const actions = useMemo(
    () =>
      actionsFor({
        asked: () => readQuestion(router.latestLocation.search),
        change,
        path,
        notes: notes ?? [],
        names,
        onMenu: setOpened,
      }),
    [router, change, path, notes, names],
  );
  return (
    <ValueActionsContext value={actions}>
      {children}
      <ValueMenu
        opened={opened}
        actions={actions}
        question={question}
        onClose={() => setOpened(null)}
      />
    </ValueActionsContext>
  );
}

interface Surroundings {
  /** The question of the moment. */
  asked: () => Question;
  change: ReturnType<typeof useChange>;
  path: string;
  notes: Note[];
  names: ReadonlyMap<string, string>;
  onMenu: (opened: Opened) => void;
}

function actionsFor({ asked, change, path, notes, names, onMenu }: Surroundings): ValueActions {
  const noted = new Map(notes.map((it) => [`${it.kind}/${it.id}`, it]));
  const page = FILTERED.has(path) && path !== "/" ? path : "/explore";
  const add = (scope: string, term: string, opposite: string) => {
    const question = asked();
    const joined = scope === "" ? question : { ...question, q: all(question.q, scope) };
    change({ ...joined, ...addTerm(joined, term, opposite) }, { page });
  };
  return {
    include: ({ field, value, scope }) => add(scope, isTerm(field, value), isNotTerm(field, value)),
    exclude: ({ field, value, scope }) => add(scope, isNotTerm(field, value), isTerm(field, value)),
    openMenu: (place, picked) => onMenu({ place, picked }),
    entityHref: (field, value) => {
      const kind = kindOf(field);
      if (kind === null || value === null || value === "") return null;
      return hrefOf(entityPath(kind, value), asked());
    },
    noteOf: (field, value) => {
      const kind = kindOf(field);
      return kind === null ? null : (noted.get(`${kind}/${String(value)}`) ?? null);
    },
    nameOf: (value) => (typeof value === "string" ? (names.get(value) ?? null) : null),
  };
}

interface ValueMenuProps {
  opened: Opened | null;
  actions: ValueActions;
  question: Question;
  onClose: () => void;
}

function ValueMenu({ opened, actions, question, onClose }: ValueMenuProps) {
  const change = useChange();
  const go = useGo();
  if (!opened) return <MenuAt place={null} items={[]} onClose={onClose} />;
  const { picked, place } = opened;
  const { field, value, scope } = picked;
  const words = wordOf(field, value);
  const note = actions.noteOf(field, value);
  const entity = actions.entityHref(field, value);
  const kind = kindOf(field);
  const records = hrefOf("/flows", question, { q: all(question.q, scope, isTerm(field, value)) });
  const items: MenuItem[] = [
    { label: "Filter by this", icon: "filter", onSelect: () => actions.include(picked) },
    {
      label: "Exclude this",
      icon: "not",
      hint: "Alt click",
      onSelect: () => actions.exclude(picked),
    },
    {
      label: "Only this",
      icon: "search",
      onSelect: () => change({ q: isTerm(field, value), off: [] }, { page: "/explore" }),
    },
    ...eitherEnd(kind, value).map((term) => ({
      label: "Either end is this",
      icon: "swap" as const,
      onSelect: () => change({ q: all(question.q, scope, term) }, { page: "/explore" }),
    })),
    "line",
    { label: "Records with this", icon: "flows", href: records, onSelect: () => go(records) },
    ...(entity === null
      ? []
      : [
          {
            label: `All about this ${kind?.replace("-", " ") ?? ""}`,
            icon: "link" as const,
            href: entity,
            onSelect: () => go(entity),
          },
        ]),
    {
      label: `Group by ${fieldWord(field)}`,
      icon: "explore",
      onSelect: () => change({ by: [field], server_by: [] }, { page: "/explore" }),
    },
    { label: "Copy", icon: "copy", onSelect: () => void copyText(String(value ?? "")) },
  ];
  const title = (
    <>
      {fieldWord(field)} <strong>{words}</strong>
      {note && (
        <div>
          {note.tag}: {note.text}
        </div>
      )}
    </>
  );
  return <MenuAt place={place} title={title} items={items} onClose={onClose} />;
}

/** The term that finds an address or port on both ends, if the field is of one end. */
function eitherEnd(kind: string | null, value: Picked["value"]): string[] {
  if (kind === "address") return [isTerm("addr", value)];
  return kind === "port" ? [isTerm("port", value)] : [];
}
