// Explanations on hover and focus. What they are made of is loaded after the page.
import type { ReactElement, ReactNode } from "react";

import { useOverlays } from "./overlays/load";

export interface TooltipProps {
  text: ReactNode;
  children: ReactElement;
}

/** Explains its child, which must be focusable. */
export function Tooltip(props: TooltipProps) {
  const overlays = useOverlays();
  return overlays ? <overlays.TooltipOverlay {...props} /> : props.children;
}
