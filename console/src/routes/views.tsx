// Saved views: opened, renamed, made the first page, deleted. New ones are saved where they are seen.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { problemFrom } from "../api/client";
import { deleteView, putView } from "../api/people";
import { session, views as viewsOf } from "../api/queries";
import type { SavedView } from "../api/types";
import { KeyCaps } from "../commands/KeyCaps";
import { useQuestion } from "../state/question";
import { Answer } from "../ui/Answer";
import { Button } from "../ui/Button";
import { copyText } from "../ui/CopyButton";
import { Dialog } from "../ui/Dialog";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { EmptyState, Notice } from "../ui/State";
import { ViewForm } from "../views/ViewForm";
import type { ViewFormProps } from "../views/ViewForm";
import { ViewTable } from "../views/ViewTable";
import styles from "./views.module.css";

interface Change {
  before: SavedView;
  after: ViewFormProps["view"];
}

export function ViewsPage() {
  const { tz } = useQuestion();
  const client = useQueryClient();
  const query = useQuery(viewsOf());
  const isAdmin = useQuery(session()).data?.role === "admin";
  const [edited, setEdited] = useState<SavedView | null>(null);
  const [doomed, setDoomed] = useState<SavedView | null>(null);
  const onSuccess = async () => {
    setEdited(null);
    setDoomed(null);
    await client.invalidateQueries({ queryKey: ["/views"] });
  };
  const save = useMutation({ mutationFn: rename, onSuccess });
  const remove = useMutation({ mutationFn: (view: SavedView) => deleteView(view.name), onSuccess });
  const setDefault = (view: SavedView) =>
    save.mutate({ before: view, after: { ...view, is_default: !view.is_default } });
  return (
    <div className={styles.page}>
      <PageHead
        title="Saved views"
        subtitle="Names for addresses of the console, for everybody here"
      />
      {save.error && edited === null && (
        <Notice look="bad">{problemFrom(save.error).message}</Notice>
      )}
      <Panel label="Saved views">
        <Answer query={query} height={200} lines={5}>
          {(views) =>
            views.length === 0 ? (
              <EmptyState icon="views" title="No views are saved yet">
                Save one where you see it: press <KeyCaps keys="w" /> in Explore or Flows
              </EmptyState>
            ) : (
              <div className={styles.scroll}>
                <ViewTable
                  views={views}
                  zone={tz}
                  isWritable={isAdmin}
                  onDefault={setDefault}
                  onEdit={setEdited}
                  onDelete={setDoomed}
                  onCopy={(view) => void copyText(`${location.origin}${view.url}`)}
                />
              </div>
            )
          }
        </Answer>
      </Panel>
      {edited && (
        <ViewForm
          key={edited.name}
          title="Edit the view"
          view={edited}
          isSaving={save.isPending}
          problem={save.error === null ? null : problemFrom(save.error)}
          onSave={(after) => save.mutate({ before: edited, after })}
          onClose={() => setEdited(null)}
        />
      )}
      <Dialog
        isOpen={doomed !== null}
        title={`Delete ${doomed?.name ?? ""}?`}
        onClose={() => setDoomed(null)}
        actions={
          <>
            <Button onClick={() => setDoomed(null)}>Keep it</Button>
            <Button
              look="danger"
              disabled={remove.isPending}
              onClick={() => {
                if (doomed !== null) remove.mutate(doomed);
              }}
            >
              Delete
            </Button>
          </>
        }
      >
        <p>The view goes for everybody; links to its address still work</p>
        {remove.error && <Notice look="bad">{problemFrom(remove.error).message}</Notice>}
      </Dialog>
    </div>
  );
}

/** Saves a view, and takes the old name away only when the new one is there. */
async function rename({ before, after }: Change): Promise<void> {
  await putView(after.name, after);
  if (after.name !== before.name) await deleteView(before.name);
}
