// One term of the filter: its menu edits, negates, switches off, pins and removes it.

import { classes } from "../ui/classes";
import { copyText } from "../ui/CopyButton";
import { Icon } from "../ui/Icon";
import { Menu, type MenuItem } from "../ui/Menu";
import type { PillState, PlacedPill } from "./edit";
import styles from "./FilterBar.module.css";

export interface PillButtonProps {
  placed: PlacedPill;
  onEdit: (placed: PlacedPill) => void;
  onReplace: (placed: PlacedPill, text: string) => void;
  onMove: (placed: PlacedPill, state: PillState) => void;
}

export function PillButton({ placed, onEdit, onReplace, onMove }: PillButtonProps) {
  const { pill, state } = placed;
  const items: MenuItem[] = [
    { label: "Edit", icon: "edit", onSelect: () => onEdit(placed) },
    {
      label: pill.is_negated ? "Include" : "Exclude",
      icon: "not",
      onSelect: () => onReplace(placed, pill.opposite),
    },
    state === "off"
      ? { label: "Switch on", icon: "eye", onSelect: () => onMove(placed, "on") }
      : { label: "Switch off", icon: "eye", onSelect: () => onMove(placed, "off") },
    state === "pinned"
      ? { label: "Unpin", icon: "pin", onSelect: () => onMove(placed, "on") }
      : { label: "Pin", icon: "pin", onSelect: () => onMove(placed, "pinned") },
    { label: "Copy", icon: "copy", onSelect: () => void copyText(pill.text) },
    "line",
    { label: "Remove", icon: "close", onSelect: () => onReplace(placed, "") },
  ];
  const words = { on: "", off: ", switched off", pinned: ", pinned" }[state];
  return (
    <span className={classes(styles.pill, pill.is_negated && styles.negated)} data-state={state}>
      {state === "pinned" && <Icon name="pin" size={12} />}
      <Menu
        trigger={
          <button type="button" className={styles.text} aria-label={`Filter ${pill.label}${words}`}>
            {pill.label}
          </button>
        }
        items={items}
      />
      <button
        type="button"
        className={styles.remove}
        aria-label={`Remove ${pill.label}`}
        onClick={() => onReplace(placed, "")}
      >
        <Icon name="close" size={12} />
      </button>
    </span>
  );
}
