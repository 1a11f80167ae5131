// A menu under a button, and a menu at a place (of a value, of a mark in a chart).
import { Menu as Base } from "@base-ui/react/menu";
import type { ReactNode } from "react";

import { Icon } from "../Icon";
import type { MenuAtProps, MenuItem, MenuProps } from "../Menu";
import styles from "./Menu.module.css";

export interface MenuOverlayProps extends MenuProps {
  /** It was asked for before it was loaded. */
  isOpen: boolean;
}

/** A menu that opens under its trigger. */
export function MenuOverlay({ trigger, items, align = "start", isOpen }: MenuOverlayProps) {
  return (
    <Base.Root defaultOpen={isOpen}>
      <Base.Trigger render={trigger} />
      <Popup items={items} align={align} />
    </Base.Root>
  );
}

/** A menu at a point of the window; closed while `place` is null. */
export function MenuAtOverlay({ place, title, items, onClose }: MenuAtProps) {
  const anchor = place && {
    getBoundingClientRect: () => new DOMRect(place.x, place.y, 0, 0),
  };
  return (
    <Base.Root open={place !== null} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Popup items={items} align="start" anchor={anchor} title={title} />
    </Base.Root>
  );
}

interface PopupProps {
  items: MenuItem[];
  align: "start" | "center" | "end";
  anchor?: { getBoundingClientRect: () => DOMRect } | null;
  title?: ReactNode;
}

function Popup({ items, align, anchor, title }: PopupProps) {
  return (
    <Base.Portal>
      <Base.Positioner
        align={align}
        sideOffset={4}
        className={styles.positioner}
        {...(anchor ? { anchor } : {})}
      >
        <Base.Popup className={styles.popup}>
          {title && <div className={styles.title}>{title}</div>}
          {items.map((item, index) => (
            <Row key={keyOf(item, index)} item={item} />
          ))}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  );
}

function Row({ item }: { item: MenuItem }) {
  if (item === "line") return <Base.Separator className={styles.line} />;
  if ("heading" in item) return <div className={styles.heading}>{item.heading}</div>;
  const content = (
    <>
      <span className={styles.icon}>
        {item.isChecked ? <Icon name="check" /> : item.icon && <Icon name={item.icon} />}
      </span>
      <span className={styles.label}>{item.label}</span>
      {item.hint && <span className={styles.hint}>{item.hint}</span>}
    </>
  );
  if (item.href !== undefined) {
    return (
      <Base.LinkItem
        className={styles.item}
        href={item.href}
        closeOnClick
        onClick={(event) => {
          // With a modifier the browser opens a tab; without, the page is ours to change.
          if (!item.onSelect || event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          item.onSelect();
        }}
      >
        {content}
      </Base.LinkItem>
    );
  }
  return (
    <Base.Item className={styles.item} disabled={item.isDisabled} onClick={item.onSelect}>
      {content}
    </Base.Item>
  );
}

function keyOf(item: MenuItem, index: number): string {
  if (item === "line") return `line ${index}`;
  return "heading" in item ? `heading ${item.heading}` : item.label;
}
