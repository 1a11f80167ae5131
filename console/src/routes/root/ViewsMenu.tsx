// The saved views on any page: open one, or save the address that is shown.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useState } from "react";

import { putView } from "../../api/people";
import * as queries from "../../api/queries";
import { useCommand } from "../../commands/useCommand";
import { useGo } from "../../state/question";
import { SavedViewsMenu } from "../../ui/SavedViewsMenu";
import type { ViewDraft } from "../../ui/SavedViewsMenu";

export function ViewsMenu() {
  const client = useQueryClient();
  const go = useGo();
  const href = useLocation({ select: (it) => it.href });
  const views = useQuery(queries.views()).data ?? [];
  const isAdmin = useQuery(queries.session()).data?.role === "admin";
  const [isSaving, setIsSaving] = useState(false);
  const save = async ({ name, ...draft }: ViewDraft) => {
    await putView(name, { ...draft, url: href });
    await client.invalidateQueries({ queryKey: ["/views"] });
  };
  useCommand("question.save", isAdmin ? () => setIsSaving(true) : null);
  return (
    <SavedViewsMenu
      views={views}
      onSave={isAdmin ? save : null}
      onOpen={go}
      isSaving={isSaving}
      onSaving={setIsSaving}
    />
  );
}
