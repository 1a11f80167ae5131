// From strokes to a command: keeps what was pressed of a sequence, forgets it if it leads nowhere.
import { COMMAND_IDS, commandOf } from "./keys";
import type { CommandId } from "./keys";

export interface Stroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export interface Step {
  command: CommandId | null;
  /** The strokes of a sequence so far; empty after a command or a stroke that leads nowhere. */
  pending: string;
}

/** What a stroke does after the strokes in `pending`. */
export function step(pending: string, stroke: Stroke): Step {
  const name = strokeName(stroke);
  if (name === null) return { command: null, pending };
  const longer = pending === "" ? name : `${pending} ${name}`;
  const found = find(longer) ?? (pending === "" ? null : find(name));
  if (found !== null) return { command: found, pending: "" };
  if (isStart(longer)) return { command: null, pending: longer };
  return { command: null, pending: isStart(name) ? name : "" };
}

/** How the table of keys writes a stroke; null for a modifier alone. */
function strokeName(stroke: Stroke): string | null {
  if (["Shift", "Control", "Alt", "Meta", "CapsLock", "Dead"].includes(stroke.key)) return null;
  const isMod = stroke.ctrlKey || stroke.metaKey;
  const isLetter = stroke.key.length === 1;
  const key = isMod && isLetter ? stroke.key.toLowerCase() : stroke.key;
  const parts = [isMod ? "Mod" : "", stroke.altKey ? "Alt" : ""];
  // A letter or sign already is what Shift makes of it.
  if (stroke.shiftKey && !isLetter) parts.push("Shift");
  return [...parts.filter((part) => part !== ""), key].join("+");
}

function find(keys: string): CommandId | null {
  return COMMAND_IDS.find((id) => commandOf(id).keys.includes(keys)) ?? null;
}

function isStart(keys: string): boolean {
  return COMMAND_IDS.some((id) => commandOf(id).keys.some((it) => it.startsWith(`${keys} `)));
}
