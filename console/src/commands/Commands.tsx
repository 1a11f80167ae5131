// Keys for the whole console, and the palette (Ctrl-K): commands, pages, saved views, and whatever
// an address or id that is typed names. Stands once, in the root.
import { useEffect, useId, useState } from "react";
import type { KeyboardEvent } from "react";

import { Dialog } from "../ui/Dialog";
import { KeyCaps } from "./KeyCaps";
import { COMMAND_IDS, PLACES } from "./keys";
import type { CommandId } from "./keys";
import { listenToKeys } from "./listen";
import { paletteItems } from "./palette";
import type { PaletteItem, PaletteView } from "./palette";
import { isActive, register, run } from "./registry";
import { useCommand } from "./useCommand";
import styles from "./Commands.module.css";

export interface CommandsProps {
  /** Opens a path of the console, with the window and zone that are shown. */
  go: (path: string) => void;
  views: readonly PaletteView[];
  /** What people call things, by id. */
  names: ReadonlyMap<string, string>;
}

export function Commands({ go, views, names }: CommandsProps) {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(listenToKeys, []);
  useEffect(() => registerPlaces(go), [go]);
  useCommand("commands.open", () => setIsOpen((was) => !was));
  const choose = (item: PaletteItem) => {
    setIsOpen(false);
    if ("path" in item) go(item.path);
    else run(item.id);
  };
  return (
    <Dialog isOpen={isOpen} title="Commands" onClose={() => setIsOpen(false)}>
      {isOpen && <Palette views={views} names={names} onChoose={choose} />}
    </Dialog>
  );
}

function registerPlaces(go: (path: string) => void): () => void {
  const places: Readonly<Partial<Record<CommandId, string>>> = PLACES;
  const stops = COMMAND_IDS.flatMap((id) => {
    const path = places[id];
    return path === undefined ? [] : [register(id, () => go(path))];
  });
  return () => stops.forEach((stop) => stop());
}

interface PaletteProps extends Pick<CommandsProps, "views" | "names"> {
  onChoose: (item: PaletteItem) => void;
}

function Palette({ views, names, onChoose }: PaletteProps) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const items = paletteItems(typed, { isActive, views, names });
  const current = Math.min(at, items.length - 1);
  const press = (event: KeyboardEvent) => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const item = items[current];
    if (way !== undefined) setAt((current + way + items.length) % Math.max(1, items.length));
    else if (event.key === "Enter" && item !== undefined) onChoose(item);
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles.palette}>
      <input
        className={styles.input}
        role="combobox"
        aria-label="Command, page, address, name or id"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={items.length > 0 ? `${listId}-${current}` : undefined}
        placeholder="Command, page, address, name or id"
        // The palette is opened to type into it.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div id={listId} role="listbox" aria-label="Commands" className={styles.list}>
        {items.map((item, index) => (
          <Item
            key={item.id}
            id={`${listId}-${index}`}
            item={item}
            isChosen={index === current}
            onChoose={onChoose}
          />
        ))}
      </div>
      {items.length === 0 && <p className={styles.none}>Nothing goes by that name here</p>}
    </div>
  );
}

interface ItemProps {
  id: string;
  item: PaletteItem;
  isChosen: boolean;
  onChoose: (item: PaletteItem) => void;
}

function Item({ id, item, isChosen, onChoose }: ItemProps) {
  return (
    // The input keeps the focus and has the keys; see `aria-activedescendant`.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      className={styles.item}
      ref={isChosen ? show : undefined}
      onClick={() => onChoose(item)}
    >
      <span className={styles.group}>{item.group}</span>
      <span className={styles.title}>{item.title}</span>
      {"keys" in item && item.keys !== "" && <KeyCaps keys={item.keys} />}
    </div>
  );
}

function show(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
