// The layer over a picture that can be hovered, clicked and reached by keys. The picture itself is
// `role="img"`, whose children no screen reader sees, so what can be acted upon lies beside it.
// Enter adds to the filter, Alt-Enter or `x` excludes, Shift-Enter opens the records.
import { useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { howOf } from "./pick";
import type { OnPick, Term } from "./pick";
import { useRoving } from "./roving";
import styles from "./Marks.module.css";

export interface Mark {
  id: string;
  /** What a screen reader says, and the first line of the tip: "443: 1.2 GiB, 62 %". */
  name: string;
  /** More lines of the tip. */
  lines: readonly string[];
  /** The outline: an SVG path. */
  path: string;
  /** Its middle, for the arrows and the tip. */
  x: number;
  y: number;
  /** What it stands for; empty for Other, which is not one value and cannot be picked. */
  terms: readonly Term[];
}

export interface MarksProps {
  name: string;
  marks: readonly Mark[];
  width: number;
  height: number;
  onPick: OnPick;
  onActive?: (id: string | null) => void;
}

export function Marks({ name, marks, width, height, onPick, onActive }: MarksProps) {
  const roving = useRoving(marks);
  const [hovered, setHovered] = useState<number | null>(null);
  const active = hovered ?? roving.focused;
  const shown = active === null ? undefined : marks[active];
  const hover = (index: number | null) => {
    setHovered(index);
    onActive?.(index === null ? null : (marks[index]?.id ?? null));
  };
  return (
    <>
      <svg
        className={styles.layer}
        role="group"
        aria-label={`Marks: ${name}`}
        width={width}
        height={height}
        onPointerLeave={() => hover(null)}
      >
        {marks.map((mark, index) => {
          const focus = roving.mark(index);
          return (
            <path
              key={mark.id}
              d={mark.path}
              className={mark.terms.length > 0 ? styles.mark : styles.fixed}
              role={mark.terms.length > 0 ? "button" : "img"}
              aria-label={mark.name}
              {...focus}
              onFocus={() => {
                focus.onFocus();
                onActive?.(mark.id);
              }}
              onBlur={() => {
                focus.onBlur();
                onActive?.(null);
              }}
              onPointerEnter={() => hover(index)}
              onClick={(event) => {
                if (mark.terms.length > 0) onPick(mark.terms, howOf(event));
              }}
              onKeyDown={(event) => {
                roving.onKeyDown(event);
                act(event, mark, onPick);
              }}
            />
          );
        })}
      </svg>
      {shown !== undefined && (
        <Tip x={shown.x} y={shown.y} width={width}>
          <strong>{shown.name}</strong>
          {shown.lines.map((line) => (
            <span key={line}>{line}</span>
          ))}
          {shown.terms.length > 0 && (
            <span className={styles.hint}>Click filters, Alt excludes, Shift opens records</span>
          )}
        </Tip>
      )}
    </>
  );
}

function act(event: KeyboardEvent, mark: Mark, onPick: OnPick) {
  if (mark.terms.length === 0 || event.ctrlKey || event.metaKey) return;
  if (event.key === "x") onPick(mark.terms, "not");
  else if (event.key === "Enter" || event.key === " ") onPick(mark.terms, howOf(event));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

interface TipProps {
  x: number;
  y: number;
  width: number;
  children: ReactNode;
}

/** Beside the mark, on the side that has room; never under the pointer. */
function Tip({ x, y, width, children }: TipProps) {
  const isLeft = x > width / 2;
  const place = isLeft ? { right: width - x + 14, top: y } : { left: x + 14, top: y };
  return (
    <div className={styles.tip} style={place} aria-hidden="true">
      {children}
    </div>
  );
}
