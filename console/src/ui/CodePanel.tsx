// Text to take along: commands, templates. Nothing in it is run from here.
import { useId } from "react";

import { Button } from "./Button";
import { CopyButton } from "./CopyButton";
import styles from "./CodePanel.module.css";
import { Icon } from "./Icon";
import { Skeleton } from "./Skeleton";
import { Tabs } from "./Tabs";

export interface CodeForm<Form extends string> {
  id: Form;
  label: string;
  /** How a file of it is called. */
  file: string;
}

export interface CodePanelProps<Form extends string> {
  title: string;
  forms: readonly CodeForm<Form>[];
  form: Form;
  /** Null while it is made. */
  text: string | null;
  onForm: (form: Form) => void;
  onDownload: (text: string, file: string) => void;
}

export function CodePanel<Form extends string>(props: CodePanelProps<Form>) {
  const { title, forms, form, text, onForm, onDownload } = props;
  const titleId = useId();
  const file = forms.find((it) => it.id === form)?.file ?? "plan.txt";
  return (
    <section className={styles.panel} aria-labelledby={titleId}>
      <header className={styles.head}>
        <h2 id={titleId}>{title}</h2>
        <Tabs label={title} tabs={forms} value={form} onChange={onForm} />
        <span className={styles.tools}>
          <CopyButton text={text ?? ""} what={file} />
          <Button
            look="plain"
            icon={<Icon name="export" />}
            disabled={text === null}
            onClick={() => onDownload(text ?? "", file)}
          >
            {file}
          </Button>
        </span>
      </header>
      {text === null ? (
        <Skeleton lines={6} />
      ) : (
        // What scrolls must be reachable by keys.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className={styles.code} tabIndex={0} role="region" aria-label={`${title}: ${file}`}>
          {text.trim() === "" ? "Nothing to change" : text}
        </pre>
      )}
    </section>
  );
}
