// Keys of the window to commands. Typing is left alone, and so is what has keys of its own.
import { commandOf } from "./keys";
import { step } from "./match";
import { run } from "./registry";

/** A sequence that is not gone on with for so long is forgotten. */
const PAUSE_MS = 1200;

/** Listens until the returned function is called. */
export function listenToKeys(): () => void {
  let pending = "";
  let at = 0;
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    // In a shadow root `event.target` is the host; the path begins with what was typed into.
    const target = event.composedPath()[0];
    const isMod = event.ctrlKey || event.metaKey;
    if (!isMod && (isTyping(target) || isOwnKey(target, event.key))) return;
    if (event.timeStamp - at > PAUSE_MS) pending = "";
    at = event.timeStamp;
    const result = step(pending, event);
    pending = result.pending;
    if (result.command === null || isBlocked(target, result.command)) return;
    if (run(result.command)) event.preventDefault();
  };
  window.addEventListener("keydown", press);
  return () => window.removeEventListener("keydown", press);
}

function isTyping(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select");
}

/** Enter presses a button, letters look for an item of a menu. */
function isOwnKey(target: EventTarget | undefined, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("[role=menu], [role=listbox]") !== null) return true;
  return key === "Enter" && target.matches("a, button, summary, [role=button], [role=tab]");
}

/** Behind a dialog, commands rest, but for those of a drawer beside its table. */
function isBlocked(target: EventTarget | undefined, id: Parameters<typeof commandOf>[0]): boolean {
  const isInDialog = target instanceof Element && target.closest("[role=dialog]") !== null;
  return isInDialog && commandOf(id).isInDialog !== true;
}
