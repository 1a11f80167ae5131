// The window of the question: presets, typed ends, steps back and on, UTC or local.

import { type Ref, type FormEvent, useImperativeHandle, useState } from "react";

import { type Instants, instantOf, timeText, windowText, type Zone } from "../lib/time";
import { Button, IconButton } from "./Button";
import { Icon } from "./Icon";
import { Popover } from "./Popover";
import styles from "./TimePicker.module.css";

export interface TimePickerProps {
  from: string;
  until: string;
  zone: Zone;
  now: Date;
  onChange: (window: { from: string; until: string }) => void;
  onZone: (zone: Zone) => void;
  onShift: (way: -1 | 1) => void;
  /** What the server says of the window, if it cannot read it. */
  problem: string | null;
  ref?: Ref<TimePickerHandle>;
}

export interface TimePickerHandle {
  open: () => void;
}

const PRESETS: readonly (readonly [string, string, string])[] = [
  ["Last 15 minutes", "-15m", "now"],
  ["Last hour", "-1h", "now"],
  ["Last 6 hours", "-6h", "now"],
  ["Last 24 hours", "-24h", "now"],
  ["Last 7 days", "-7d", "now"],
  ["Last 30 days", "-30d", "now"],
  ["Today", "today", "now"],
  ["Yesterday", "yesterday", "today"],
];

export function TimePicker({ ref, ...props }: TimePickerProps) {
  const { from, until, zone, now, onChange, onShift } = props;
  const [isOpen, setIsOpen] = useState(false);
  useImperativeHandle(ref, () => ({ open: () => setIsOpen(true) }), []);
  const choose = (window: { from: string; until: string }) => {
    onChange(window);
    setIsOpen(false);
  };
  return (
    <div className={styles.picker}>
      <IconButton label="Earlier ([)" onClick={() => onShift(-1)}>
        <Icon name="left" />
      </IconButton>
      <Popover
        title="Time"
        align="end"
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        trigger={
          <Button look="plain" className={styles.button} title="Time (t)">
            <Icon name="clock" />
            {windowText(from, until, zone, now)}
            <span className={styles.zone}>{zone === "utc" ? "UTC" : "local"}</span>
          </Button>
        }
      >
        <div className={styles.panel}>
          <ul className={styles.presets} aria-label="Presets">
            {PRESETS.map(([label, start, end]) => (
              <li key={label}>
                <button
                  type="button"
                  className={styles.preset}
                  aria-pressed={start === from && end === until}
                  onClick={() => choose({ from: start, until: end })}
                >
                  {label}
                </button>
              </li>
            ))}
          </ul>
          <Typed {...props} onChange={choose} />
        </div>
      </Popover>
      <IconButton label="Later (])" onClick={() => onShift(1)}>
        <Icon name="right" />
      </IconButton>
    </div>
  );
}

/** Both ends as text, with what they mean below. */
function Typed({ from, until, zone, now, problem, onChange, onZone }: TimePickerProps) {
  const [start, setStart] = useState(from);
  const [end, setEnd] = useState(until);
  const fault = faultOf(start, end, now);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fault === null) onChange({ from: start.trim(), until: end.trim() });
  };
  return (
    <form className={styles.typed} onSubmit={submit}>
      <End label="From" text={start} onText={setStart} now={now} zone={zone} isFirst />
      <End label="Until" text={end} onText={setEnd} now={now} zone={zone} />
      {(fault ?? problem) && (
        <p className={styles.fault} role="alert">
          {fault ?? problem}
        </p>
      )}
      <p className={styles.help}>
        For example <code>-90m</code>, <code>yesterday 14:00</code>, <code>2026-03-02 10:00</code>.
        Typed times are UTC
      </p>
      <div className={styles.row}>
        <div className={styles.zones} role="group" aria-label="Time zone shown">
          {(["utc", "local"] as const).map((it) => (
            <button
              key={it}
              type="button"
              className={styles.preset}
              aria-pressed={it === zone}
              onClick={() => onZone(it)}
            >
              {it === "utc" ? "UTC" : "Local"}
            </button>
          ))}
        </div>
        <Button
          look="primary"
          disabled={fault !== null}
          onClick={() => onChange({ from: start.trim(), until: end.trim() })}
        >
          Apply
        </Button>
      </div>
      <button type="submit" className="visually-hidden" tabIndex={-1}>
        Apply
      </button>
    </form>
  );
}

interface EndProps {
  label: string;
  text: string;
  onText: (text: string) => void;
  now: Date;
  zone: Zone;
  isFirst?: boolean;
}

function End({ label, text, onText, now, zone, isFirst }: EndProps) {
  const instant = instantOf(text, now);
  return (
    <label className={styles.end}>
      <span>{label}</span>
      <input
        value={text}
        spellCheck={false}
        autoComplete="off"
        // The picker was opened to be typed into.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={isFirst}
        onChange={(event) => onText(event.target.value)}
        onFocus={(event) => event.target.select()}
      />
      <span className={styles.meaning}>{instant ? timeText(instant, zone) : "\u00A0"}</span>
    </label>
  );
}

function faultOf(from: string, until: string, now: Date): string | null {
  if (from.trim() === "" || until.trim() === "") return "Both ends are needed";
  const window: { [End in keyof Instants]: Date | null } = {
    from: instantOf(from, now),
    until: instantOf(until, now),
  };
  // What is not read here, the server may still read.
  if (!window.from || !window.until) return null;
  return window.from < window.until ? null : "The window ends before it begins";
}
