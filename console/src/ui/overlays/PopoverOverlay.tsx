// A small panel under its trigger, for controls that need more than a menu.
import { Popover as Base } from "@base-ui/react/popover";

import type { PopoverProps } from "../Popover";
import styles from "./Popover.module.css";

/** A panel that opens under its trigger; `title` is its name for screen readers. */
export function PopoverOverlay({
  trigger,
  title,
  children,
  align,
  isOpen,
  onOpenChange,
}: PopoverProps) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => onOpenChange(open)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align ?? "start"} className={styles.positioner}>
          <Base.Popup className={styles.popup} aria-label={title}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
