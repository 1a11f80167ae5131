// What people write down: notes on things, names for addresses of the console.
import { write } from "./client";
import type { Note, SavedView } from "./types";

export type NoteText = Pick<Note, "text" | "tag">;

/** Notes `text` on a thing; what was there is replaced. */
export function putNote(kind: string, id: string, { text, tag }: NoteText): Promise<Note> {
  return write<Note>("PUT", notePath(kind, id), { body: { text, tag } });
}

export function deleteNote(kind: string, id: string): Promise<unknown> {
  return write("DELETE", notePath(kind, id));
}

export type ViewText = Pick<SavedView, "url" | "description" | "is_default">;

/** Saves an address under a name; what had the name is replaced. */
export function putView(name: string, { url, description, is_default }: ViewText) {
  const body = { url, description, is_default };
  return write<SavedView>("PUT", `/views/${encodeURIComponent(name)}`, { body });
}

export function deleteView(name: string): Promise<unknown> {
  return write("DELETE", `/views/${encodeURIComponent(name)}`);
}

function notePath(kind: string, id: string): string {
  return `/notes/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
}
