// Views, export and inspector of a page that shows a question: the same on Explore and Flows.

import { useState } from "react";

import { useCommand } from "../../commands/useCommand";
import { stringifySearch } from "../../state/search";
import { IconButton } from "../../ui/Button";
import { ExportMenu, type ExportMenuProps } from "../../ui/ExportMenu";
import { Icon } from "../../ui/Icon";
import { type Inspected, Inspector } from "../../ui/Inspector";
import { ViewsMenu } from "./ViewsMenu";

export interface QuestionMenusProps {
  answers: readonly Inspected[];
  exported: ExportMenuProps;
}

export function QuestionMenus({ answers, exported }: QuestionMenusProps) {
  const [isInspecting, setIsInspecting] = useState(false);
  useCommand("question.inspect", () => setIsInspecting(true));
  return (
    <>
      <ViewsMenu />
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
