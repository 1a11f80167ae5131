// The left of an entity's page: note, facts, advice, findings, history.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { problemFrom } from "../api/client";
import { deleteNote, putNote } from "../api/people";
import type { NoteText } from "../api/people";
import { advice, findings, session } from "../api/queries";
import type { Entity } from "../api/types";
import { Facts, History, Related } from "../entity/Facts";
import { NoteCard } from "../entity/NoteCard";
import { isProposed } from "../groups/words";
import { plural } from "../lib/plural";
import { exact } from "../lib/units";
import { useQuestion } from "../state/question";
import { writeQuestion } from "../state/search";
import { Panel } from "../ui/Panel";
import { severityLook, StateMark } from "../ui/StateMark";
import styles from "./entity.module.css";

export function EntitySide({ entity }: { entity: Entity }) {
  const { tz } = useQuestion();
  return (
    <div className={styles.side}>
      <Notes entity={entity} />
      <Panel title="Facts">
        <div className={styles.pad}>
          <Facts entity={entity} zone={tz} />
        </div>
      </Panel>
      {entity.related.length > 0 && (
        <Panel title="Belongs together">
          <div className={styles.pad}>
            <Related links={entity.related} />
          </div>
        </Panel>
      )}
      {entity.kind === "security-group" && <Advice id={entity.id} />}
      <Findings entity={entity} />
      {entity.history.length > 0 && (
        <Panel title="History">
          <div className={styles.pad}>
            <History states={entity.history} zone={tz} />
          </div>
        </Panel>
      )}
    </div>
  );
}

function Notes({ entity }: { entity: Entity }) {
  const { kind, id, note } = entity;
  const { tz } = useQuestion();
  const client = useQueryClient();
  const isAdmin = useQuery(session()).data?.role === "admin";
  const [isOpen, setIsOpen] = useState(false);
  const onSuccess = async () => {
    setIsOpen(false);
    await client.invalidateQueries({ queryKey: ["/notes"] });
    await client.invalidateQueries({ queryKey: [entityKey(entity)] });
  };
  const save = useMutation({ mutationFn: (text: NoteText) => putNote(kind, id, text), onSuccess });
  const remove = useMutation({ mutationFn: () => deleteNote(kind, id), onSuccess });
  const error = save.error ?? remove.error;
  return (
    <NoteCard
      note={note}
      zone={tz}
      isWritable={isAdmin}
      isOpen={isOpen}
      isSaving={save.isPending || remove.isPending}
      problem={error === null ? null : problemFrom(error)}
      onOpen={setIsOpen}
      onSave={(text) => save.mutate(text)}
      onDelete={() => remove.mutate()}
    />
  );
}

/** The first part of the key of an entity's answer: see `queries.entity`. */
function entityKey({ kind, id }: Entity): string {
  return `/entity/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
}

function Advice({ id }: { id: string }) {
  const question = useQuestion();
  const report = useQuery(advice({ days: 30 })).data?.report ?? null;
  const rules = report?.rules.filter((it) => it.group_id === id) ?? [];
  const nUnused = rules.filter((it) => it.verdict === "unused").length;
  const nProposed = rules.filter(isProposed).length;
  return (
    <Panel title="Advice">
      <div className={styles.pad}>
        {report && (
          <p>
            {plural(rules.length, "rule")}, {exact(nUnused)} unused, {plural(nProposed, "proposal")}
          </p>
        )}
        <Link to="/groups/$id" params={{ id }} search={writeQuestion(question)}>
          Rules with hits and last use
        </Link>
      </div>
    </Panel>
  );
}

function Findings({ entity }: { entity: Entity }) {
  const { from, until } = useQuestion();
  const answer = useQuery(findings({ from, until }));
  const found = (answer.data?.findings ?? []).filter((it) => {
    return it.entity?.kind === entity.kind && it.entity.id === entity.id;
  });
  return (
    <Panel title="Findings">
      <div className={styles.pad}>
        {found.length === 0 && <p className="muted">None: no detection rules yet</p>}
        <ul>
          {found.map((it) => (
            <li key={it.id} title={it.summary}>
              <StateMark {...severityLook(it.severity)} /> {it.title}
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
