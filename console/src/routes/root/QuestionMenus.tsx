// Views, export and inspector of a page that shows a question: the same on Explore and Flows.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useState } from "react";

import { write } from "../../api/client";
import * as queries from "../../api/queries";
import { useCommand } from "../../commands/useCommand";
import { stringifySearch } from "../../state/search";
import { useGo } from "../../state/question";
import { IconButton } from "../../ui/Button";
import { ExportMenu, type ExportMenuProps } from "../../ui/ExportMenu";
import { Icon } from "../../ui/Icon";
import { type Inspected, Inspector } from "../../ui/Inspector";
import { SavedViewsMenu, type ViewDraft } from "../../ui/SavedViewsMenu";

export interface QuestionMenusProps {
  answers: readonly Inspected[];
  exported: ExportMenuProps;
}

export function QuestionMenus({ answers, exported }: QuestionMenusProps) {
  const client = useQueryClient();
  const go = useGo();
  const href = useLocation({ select: (it) => it.href });
  const views = useQuery(queries.views()).data ?? [];
  const role = useQuery(queries.session()).data?.role;
  const [isInspecting, setIsInspecting] = useState(false);
  const [isSaving, setIsSaving] = useState(false);
  const save = async ({ name, ...draft }: ViewDraft) => {
    await write("PUT", `/views/${encodeURIComponent(name)}`, { body: { ...draft, url: href } });
    await client.invalidateQueries({ queryKey: ["/views"] });
  };
  useCommand("question.inspect", () => setIsInspecting(true));
  useCommand("question.save", role === "admin" ? () => setIsSaving(true) : null);
  return (
    <>
      <SavedViewsMenu
        views={views}
        onSave={role === "admin" ? save : null}
        onOpen={go}
        isSaving={isSaving}
        onSaving={setIsSaving}
      />
      <ExportMenu {...exported} />
      <IconButton label="Inspect the query (i)" onClick={() => setIsInspecting(true)}>
        <Icon name="gauge" />
      </IconButton>
      <Inspector
        isOpen={isInspecting}
        answers={answers}
        onClose={() => setIsInspecting(false)}
        sqlHref={(sql) => `/sql${stringifySearch({ sql })}`}
      />
    </>
  );
}
