// What somebody noted on a thing, and the form to do so. The note shows wherever the value does.
import { useState } from "react";

import type { NoteText } from "../api/people";
import type { Note, Problem } from "../api/types";
import { timeShort } from "../lib/time";
import type { Zone } from "../lib/time";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/State";
import styles from "./NoteCard.module.css";

export interface NoteCardProps {
  note: Note | null;
  zone: Zone;
  /** Whether whoever looks may write. */
  isWritable: boolean;
  /** Whether the form is shown. */
  isOpen: boolean;
  isSaving: boolean;
  problem: Problem | null;
  onOpen: (isOpen: boolean) => void;
  onSave: (text: NoteText) => void;
  onDelete: () => void;
}

const TAGS = [
  ["known-scanner", "Known scanner", "It scans, and that is known"],
  ["allowed", "Allowed", "What it does is allowed"],
  ["watch", "Watch", "Somebody keeps an eye on it"],
  ["note", "Note", "Nothing but a note"],
] satisfies [Note["tag"], string, string][];

export function NoteCard(props: NoteCardProps) {
  const { note, zone, isWritable, isOpen, onOpen } = props;
  if (note === null && !isWritable) return null;
  if (isOpen) return <NoteForm {...props} />;
  if (note === null) {
    return (
      <Button
        look="plain"
        className={styles.add}
        icon={<Icon name="note" />}
        onClick={() => onOpen(true)}
      >
        Add a note
      </Button>
    );
  }
  return (
    <div className={styles.note} data-tag={note.tag}>
      <p className={styles.tag}>{tagWord(note.tag)}</p>
      {note.text !== "" && <p className={styles.text}>{note.text}</p>}
      <p className={styles.foot}>
        {timeShort(new Date(note.saved_at), zone)}
        {isWritable && (
          <Button look="plain" icon={<Icon name="edit" size={14} />} onClick={() => onOpen(true)}>
            Edit
          </Button>
        )}
      </p>
    </div>
  );
}

export function tagWord(tag: Note["tag"]): string {
  return TAGS.find(([it]) => it === tag)?.[1] ?? tag;
}

function NoteForm({ note, isSaving, problem, onOpen, onSave, onDelete }: NoteCardProps) {
  const [tag, setTag] = useState<Note["tag"]>(note?.tag ?? "note");
  const [text, setText] = useState(note?.text ?? "");
  return (
    <form
      className={styles.form}
      aria-label="Note"
      onSubmit={(event) => {
        event.preventDefault();
        onSave({ tag, text: text.trim() });
      }}
    >
      <fieldset className={styles.tags}>
        <legend className="visually-hidden">Kind of note</legend>
        {TAGS.map(([value, title, means]) => (
          <label key={value} title={means}>
            <input
              type="radio"
              name="tag"
              value={value}
              checked={value === tag}
              onChange={() => setTag(value)}
            />
            {title}
          </label>
        ))}
      </fieldset>
      <textarea
        aria-label="Text of the note"
        rows={3}
        maxLength={1000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {problem && <Notice look="bad">{problem.message}</Notice>}
      <p className={styles.actions}>
        <button type="submit" className={styles.save} disabled={isSaving}>
          Save the note
        </button>
        <Button look="plain" onClick={() => onOpen(false)}>
          Cancel
        </Button>
        {note && (
          <Button look="plain" disabled={isSaving} onClick={onDelete}>
            Delete
          </Button>
        )}
      </p>
    </form>
  );
}
