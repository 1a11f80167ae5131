// Menus: under a button, or at a place. What they are made of is loaded after the page.
import {
  cloneElement,
  type ComponentProps,
  type ReactElement,
  type ReactNode,
  useState,
} from "react";

import type { IconName } from "./Icon";
import { useOverlays } from "./overlays/load";

/** The button that opens an overlay. */
export type Trigger = ReactElement<ComponentProps<"button">>;

export interface MenuEntry {
  label: string;
  icon?: IconName;
  /** Shown at the right: a key, a number. */
  hint?: string;
  isDisabled?: boolean;
  isChecked?: boolean;
  onSelect?: () => void;
  /** A link instead of an action. */
  href?: string;
}
export type MenuItem = MenuEntry | "line" | { heading: string };

export interface MenuProps {
  trigger: Trigger;
  items: MenuItem[];
  align?: "start" | "center" | "end";
}

export interface Place {
  x: number;
  y: number;
}

export interface MenuAtProps {
  place: Place | null;
  title?: ReactNode;
  items: MenuItem[];
  onClose: () => void;
}

/** A menu that opens under its trigger. */
export function Menu(props: MenuProps) {
  const overlays = useOverlays();
  const [isWanted, setIsWanted] = useState(false);
  if (overlays) return <overlays.MenuOverlay {...props} isOpen={isWanted} />;
  return cloneElement(props.trigger, { onClick: () => setIsWanted(true) });
}

/** A menu at a point of the window; closed while `place` is null. */
export function MenuAt(props: MenuAtProps) {
  const overlays = useOverlays();
  return overlays && <overlays.MenuAtOverlay {...props} />;
}
