// Dialogs and drawers. What they are made of is loaded after the page.
import type { ReactNode } from "react";

import { useOverlays } from "./overlays/load";

export interface DialogProps {
  isOpen: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the bottom. */
  actions?: ReactNode;
  isWide?: boolean;
}

export interface DrawerProps {
  isOpen: boolean;
  title: ReactNode;
  onClose: () => void;
  /** Beside the close button: next, previous. */
  tools?: ReactNode;
  children: ReactNode;
}

/** A modal dialog with a title, closed with Escape or its button. */
export function Dialog(props: DialogProps) {
  const overlays = useOverlays();
  return overlays && <overlays.DialogOverlay {...props} />;
}

/** A drawer at the right; not modal, so the table behind it can be walked. */
export function Drawer(props: DrawerProps) {
  const overlays = useOverlays();
  return overlays && <overlays.DrawerOverlay {...props} />;
}
