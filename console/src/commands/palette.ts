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

export function paletteItems(
  typed: string,
  isActive: (id: CommandId) => boolean,
  views: readonly PaletteView[],
): PaletteItem[] {
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
  return items.slice(0, ITEMS_MAX);
}

/** Every word that was typed begins a word of the title. */
function matches(title: string, typed: string): boolean {
  const words = title.toLowerCase().split(/\s+/);
  const wanted = typed.toLowerCase().split(/\s+/);
  return wanted.every((it) => it === "" || words.some((word) => word.startsWith(it)));
}
