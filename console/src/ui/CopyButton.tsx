// Copies a text and says so.
import { useState } from "react";

import { IconButton } from "./Button";
import { Icon } from "./Icon";

/** How long the tick stays, in milliseconds. */
const SHOWN_MS = 1500;

/** A small button that copies `text`; `what` names it: "Copy address". */
export function CopyButton({ text, what = "value" }: { text: string; what?: string }) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  const copy = async () => {
    const isCopied = await copyText(text);
    setState(isCopied ? "copied" : "refused");
    setTimeout(() => setState("idle"), SHOWN_MS);
  };
  const label = { idle: `Copy ${what}`, copied: "Copied", refused: "The browser refused" }[state];
  return (
    <IconButton label={label} onClick={copy}>
      <Icon name={state === "copied" ? "check" : "copy"} size={14} />
    </IconButton>
  );
}

/** Puts `text` on the clipboard; false if the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
