// A short explanation that shows on hover and focus.
import { Tooltip as Base } from "@base-ui/react/tooltip";

import type { TooltipProps } from "../Tooltip";
import styles from "./Tooltip.module.css";

/** Explains its child, which must be focusable. */
export function TooltipOverlay({ text, children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger delay={250} render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className={styles.positioner}>
          <Base.Popup className={styles.popup}>{text}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
