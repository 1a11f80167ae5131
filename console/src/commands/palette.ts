// What the palette lists for what was typed: entities first, then commands, views and pages. Pure.
import { entityFrom, kindWord } from "../lib/entities";
import { entityPath } from "../state/entity";
import { COMMAND_IDS, commandOf } from "./keys";
import type { CommandId } from "./keys";

export type PaletteItem = CommandItem | PlaceItem;

interface CommandItem {
  id: CommandId;
  title: string;
  group: string;
  keys: string;
}

interface PlaceItem {
  id: string;
  title: string;
  group: string;
  path: string;
}

export interface PaletteView {
  name: string;
  url: string;
}

/** More than this is not read; typing goes on instead. */
const ITEMS_MAX = 40;
/** Of things with a name so many are listed, and none for a single letter. */
const NAMED_MAX = 8;
const NAMED_FROM = 2;

export interface Listed {
  isActive: (id: CommandId) => boolean;
  views: readonly PaletteView[];
  /** What people call things, by id. */
  names: ReadonlyMap<string, string>;
}

export function paletteItems(typed: string, { isActive, views, names }: Listed): PaletteItem[] {
  const text = typed.trim();
  const items: PaletteItem[] = [];
  const entity = entityFrom(text);
  if (entity !== null) {
    const title = `${kindWord(entity.kind)} ${entity.id}`;
    items.push({ id: "entity", title, group: "Open", path: entityPath(entity.kind, entity.id) });
  }
  for (const id of COMMAND_IDS) {
    const { title, group, keys } = commandOf(id);
    if (id === "commands.open" || !isActive(id) || !matches(`${group} ${title}`, text)) continue;
    items.push({ id, title, group, keys: keys[0] ?? "" });
  }
  for (const view of views) {
    if (!matches(`view ${view.name}`, text)) continue;
    items.push({ id: `view:${view.name}`, title: view.name, group: "Saved view", path: view.url });
  }
  items.push(...named(text, names));
  return items.slice(0, ITEMS_MAX);
}

/** Things whose name begins as it was typed. */
function named(text: string, names: ReadonlyMap<string, string>): PaletteItem[] {
  const items: PaletteItem[] = [];
  if (text.length < NAMED_FROM) return items;
  for (const [id, name] of names) {
    const entity = entityFrom(id);
    if (entity === null || !matches(`${kindWord(entity.kind)} ${name}`, text)) continue;
    const path = entityPath(entity.kind, id);
    items.push({ id, title: name, group: kindWord(entity.kind), path });
    if (items.length === NAMED_MAX) break;
  }
  return items;
}

/** Every word that was typed begins a word of the title. */
function matches(title: string, typed: string): boolean {
  const words = title.toLowerCase().split(/\s+/);
  const wanted = typed.toLowerCase().split(/\s+/);
  return wanted.every((it) => it === "" || words.some((word) => word.startsWith(it)));
}
