// A panel under a button. What it is made of is loaded after the page.
import { cloneElement, type ReactNode } from "react";

import type { Trigger } from "./Menu";
import { useOverlays } from "./overlays/load";

export interface PopoverProps {
  trigger: Trigger;
  title: string;
  children: ReactNode;
  align?: "start" | "center" | "end";
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

/** A panel that opens under its trigger; `title` is its name for screen readers. */
export function Popover(props: PopoverProps) {
  const overlays = useOverlays();
  if (overlays) return <overlays.PopoverOverlay {...props} />;
  return cloneElement(props.trigger, { onClick: () => props.onOpenChange(true) });
}
