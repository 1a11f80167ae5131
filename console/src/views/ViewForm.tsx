// The name of a view, what it is for, and whether the console opens with it.
import { useState } from "react";

import type { Problem, SavedView } from "../api/types";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Notice } from "../ui/State";
import styles from "./ViewForm.module.css";

export interface ViewFormProps {
  title: string;
  view: Pick<SavedView, "name" | "url" | "description" | "is_default">;
  isSaving: boolean;
  problem: Problem | null;
  onSave: (view: ViewFormProps["view"]) => void;
  onClose: () => void;
}

export function ViewForm({ title, view, isSaving, problem, onSave, onClose }: ViewFormProps) {
  const [name, setName] = useState(view.name);
  const [url, setUrl] = useState(view.url);
  const [description, setDescription] = useState(view.description ?? "");
  const [isDefault, setIsDefault] = useState(view.is_default);
  const isWhole = name.trim() !== "" && url.startsWith("/");
  const save = () => {
    if (!isWhole) return;
    const text = description.trim();
    const more = { description: text === "" ? null : text, is_default: isDefault };
    onSave({ name: name.trim(), url, ...more });
  };
  return (
    <Dialog
      isOpen
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={!isWhole || isSaving} onClick={save}>
            Save the view
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <label>
          Name
          <input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          Address
          <input
            className={styles.url}
            value={url}
            spellCheck={false}
            onChange={(event) => setUrl(event.target.value)}
          />
        </label>
        <label>
          What it is for
          <input
            value={description}
            maxLength={1000}
            onChange={(event) => setDescription(event.target.value)}
          />
        </label>
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={isDefault}
            onChange={(event) => setIsDefault(event.target.checked)}
          />
          The console opens with it
        </label>
        {problem && <Notice look="bad">{problem.hint ?? problem.message}</Notice>}
        <button type="submit" className="visually-hidden" tabIndex={-1}>
          Save
        </button>
      </form>
    </Dialog>
  );
}
