// Saved views: names for URLs, shared with everybody who uses this lake.

import { type FormEvent, useState } from "react";

import type { SavedView } from "../api/types";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";
import { Menu, type MenuItem } from "./Menu";
import styles from "./SavedViewsMenu.module.css";

export interface ViewDraft {
  name: string;
  description: string | null;
  is_default: boolean;
}

export interface SavedViewsMenuProps {
  views: readonly SavedView[];
  /** Null if this person may not save. */
  onSave: ((draft: ViewDraft) => Promise<void>) | null;
  onOpen: (url: string) => void;
  isSaving: boolean;
  onSaving: (isSaving: boolean) => void;
}

export function SavedViewsMenu(props: SavedViewsMenuProps) {
  const { views, onSave, onOpen, isSaving, onSaving } = props;
  const items: MenuItem[] = [
    {
      label: onSave ? "Save this view" : "Saving needs the role admin",
      icon: "plus",
      hint: "w",
      isDisabled: onSave === null,
      onSelect: () => onSaving(true),
    },
    ...(views.length > 0 ? ["line" as const] : []),
    ...views.map((it) => ({
      label: it.name,
      icon: "views" as const,
      href: it.url,
      onSelect: () => onOpen(it.url),
      ...(it.is_default ? { hint: "default" } : {}),
    })),
  ];
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button icon={<Icon name="views" />} look="outline">
            Views
          </Button>
        }
        items={items}
      />
      <Dialog isOpen={isSaving} title="Save this view" onClose={() => onSaving(false)}>
        {onSave && <Form views={views} onSave={onSave} onDone={() => onSaving(false)} />}
      </Dialog>
    </>
  );
}

interface FormProps {
  views: readonly SavedView[];
  onSave: (draft: ViewDraft) => Promise<void>;
  onDone: () => void;
}

function Form({ views, onSave, onDone }: FormProps) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [isDefault, setIsDefault] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const isTaken = views.some((it) => it.name === name.trim());
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const draft = { name: name.trim(), description: description.trim() || null };
      await onSave({ ...draft, is_default: isDefault });
      onDone();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <label>
        Name
        <input value={name} required maxLength={80} onChange={(it) => setName(it.target.value)} />
      </label>
      <label>
        What it is for
        <input
          value={description}
          maxLength={300}
          onChange={(it) => setDescription(it.target.value)}
        />
      </label>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={isDefault}
          onChange={(it) => setIsDefault(it.target.checked)}
        />
        The console opens with it
      </label>
      {isTaken && <p className={styles.hint}>A view of this name is there: it will be replaced</p>}
      {fault && (
        <p className={styles.fault} role="alert">
          {fault}
        </p>
      )}
      <button type="submit" className={styles.save} disabled={name.trim() === ""}>
        Save
      </button>
    </form>
  );
}
