// A dialog in the middle, and a drawer at the right that leaves the page usable.
import { Dialog as Base } from "@base-ui/react/dialog";
import { useRef } from "react";

import { IconButton } from "../Button";
import type { DialogProps, DrawerProps } from "../Dialog";
import { Icon } from "../Icon";
import styles from "./Dialog.module.css";

/** A modal dialog with a title, closed with Escape or its button. */
export function DialogOverlay({ isOpen, title, onClose, children, actions, isWide }: DialogProps) {
  const body = useRef<HTMLDivElement>(null);
  // What is typed into comes first, else what closes the dialog.
  const first = () => body.current?.querySelector<HTMLElement>("input, textarea") ?? true;
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={isWide ? styles.wide : styles.dialog} initialFocus={first}>
          <header className={styles.head}>
            <Base.Title>{title}</Base.Title>
            <Base.Close render={<IconButton label="Close" />}>
              <Icon name="close" />
            </Base.Close>
          </header>
          <div ref={body} className={styles.body}>
            {children}
          </div>
          {actions && <footer className={styles.actions}>{actions}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** A drawer at the right; not modal, so the table behind it can be walked. */
export function DrawerOverlay({ isOpen, title, onClose, tools, children }: DrawerProps) {
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(open) => !open && onClose()}
      modal={false}
      disablePointerDismissal
    >
      <Base.Portal>
        <Base.Popup className={styles.drawer} initialFocus={false} finalFocus={false}>
          <header className={styles.head}>
            <Base.Title>{title}</Base.Title>
            <span className={styles.tools}>
              {tools}
              <Base.Close render={<IconButton label="Close" />}>
                <Icon name="close" />
              </Base.Close>
            </span>
          </header>
          <div className={styles.body}>{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
