// The change as text to take along: for all groups, or for one.
import { useQuery } from "@tanstack/react-query";

import { problemFrom } from "../api/client";
import { type AdviceForm, adviceText } from "../api/emit";
import { download } from "../lib/download";
import { useDays } from "../routes/useAdvice";
import { among, useOwn } from "../state/own";
import { type CodeForm, CodePanel } from "../ui/CodePanel";
import { ErrorState } from "../ui/State";

const ADVICE_FORMS: readonly CodeForm<AdviceForm>[] = [
  { id: "cli", label: "AWS CLI", file: "change.sh" },
  { id: "terraform", label: "Terraform", file: "change.tf" },
  { id: "cloudformation", label: "CloudFormation", file: "change.yaml" },
  { id: "rollback", label: "Way back", file: "rollback.sh" },
  { id: "plan", label: "Plan", file: "plan.json" },
];

/** The change as text, for all groups or for one. */
export function Plan({ group }: { group?: string }) {
  const days = useDays();
  const [said, setForm] = useOwn("form", "cli");
  const form = among(
    ADVICE_FORMS.map((it) => it.id),
    said,
  );
  const text = useQuery(
    adviceText({ form, days, isReady: true, ...(group === undefined ? {} : { group }) }),
  );
  if (text.error) {
    return <ErrorState problem={problemFrom(text.error)} onRetry={() => void text.refetch()} />;
  }
  return (
    <CodePanel
      title="The change, for you to run"
      forms={ADVICE_FORMS}
      form={form}
      text={text.data ?? null}
      onForm={setForm}
      onDownload={(content, file) => download(new Blob([content]), file)}
    />
  );
}
