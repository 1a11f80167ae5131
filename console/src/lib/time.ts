// Time as the console says it: UTC or local, windows in words, the same relative forms as the server.

export type Zone = "utc" | "local";

export interface Instants {
  from: Date;
  until: Date;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * What `text` means at `now`, or null for forms that only the server reads.
 * RFC 3339, dates, `now`, `-24h`, `today`, `yesterday` and both with a time of day, in UTC.
 */
export function instantOf(text: string, now: Date): Date | null {
  const word = text.trim().toLowerCase();
  if (word === "now") return now;
  const relative = /^-(\d{1,6})([smhdw])$/.exec(word);
  if (relative) {
    return new Date(now.getTime() - Number(relative[1]) * (UNITS_MS[relative[2] ?? ""] ?? 0));
  }
  const day = /^(today|yesterday)(?: (\d{1,2}):(\d{2}))?$/.exec(word);
  if (day) {
    const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
    const start = day[1] === "today" ? midnight : midnight - DAY_MS;
    return new Date(start + (Number(day[2] ?? 0) * 60 + Number(day[3] ?? 0)) * MINUTE_MS);
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(word)) return valid(new Date(`${word}T00:00:00Z`));
  if (/^\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}/.test(word)) return valid(new Date(withZone(word)));
  return null;
}

function withZone(word: string): string {
  const text = word.replace(" ", "T").toUpperCase();
  return /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`;
}

function valid(date: Date): Date | null {
  return Number.isNaN(date.getTime()) ? null : date;
}

/** RFC 3339 in UTC, without milliseconds if there are none. */
export function rfc3339(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}

/** `window` moved by its own length, back (-1) or on (1), as texts for the URL. */
export function shifted(window: Instants, way: -1 | 1): { from: string; until: string } {
  const length = window.until.getTime() - window.from.getTime();
  return {
    from: rfc3339(new Date(window.from.getTime() + way * length)),
    until: rfc3339(new Date(window.until.getTime() + way * length)),
  };
}

/** `2026-03-02 14:05:09`, in the zone. */
export function timeText(date: Date, zone: Zone): string {
  const it = parts(date, zone);
  return `${it.year}-${it.month}-${it.day} ${it.hour}:${it.minute}:${it.second}`;
}

/**
 * `2 Mar 14:05`, or with seconds if they are not zero; with the year if it is not that of `now`.
 */
export function timeShort(date: Date, zone: Zone, now: Date = date): string {
  const it = parts(date, zone);
  const second = it.second === "00" ? "" : `:${it.second}`;
  const year = it.year === parts(now, zone).year ? "" : ` ${it.year}`;
  const day = `${Number(it.day)} ${MONTHS[Number(it.month) - 1]}${year}`;
  return `${day} ${it.hour}:${it.minute}${second}`;
}

/** `14:05`. */
export function clockText(date: Date, zone: Zone): string {
  const it = parts(date, zone);
  return `${it.hour}:${it.minute}`;
}

/** `2 Mar`. */
export function dayText(date: Date, zone: Zone): string {
  const it = parts(date, zone);
  return `${Number(it.day)} ${MONTHS[Number(it.month) - 1]}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function parts(date: Date, zone: Zone) {
  const shown = zone === "utc" ? date : new Date(date.getTime() - date.getTimezoneOffset() * 6e4);
  const [day = "", clock = ""] = shown.toISOString().split("T");
  const [year = "", month = "", dayOfMonth = ""] = day.split("-");
  const [hour = "", minute = "", second = ""] = clock.slice(0, 8).split(":");
  return { year, month, day: dayOfMonth, hour, minute, second };
}

/** A window in few words: `Last 24 hours` if it ends now, else both ends. */
export function windowText(from: string, until: string, zone: Zone, now?: Date): string {
  const relative = /^-(\d+)([smhdw])$/.exec(from);
  if (relative && until === "now") return lastText(Number(relative[1]), relative[2] ?? "");
  const [start, end] = [from, until].map((it) => textOf(it, zone, now));
  return `${start} – ${end}`;
}

function textOf(text: string, zone: Zone, now?: Date): string {
  const instant = /^\d{4}-/.test(text) ? instantOf(text, new Date(0)) : null;
  return instant ? timeShort(instant, zone, now) : text;
}

const UNIT_WORDS: Readonly<Record<string, string>> = {
  s: "second",
  m: "minute",
  h: "hour",
  d: "day",
  w: "week",
};

function lastText(amount: number, unit: string): string {
  const word = UNIT_WORDS[unit] ?? unit;
  return amount === 1 ? `Last ${word}` : `Last ${amount} ${word}s`;
}

/** A length of time in its two largest units: `3 min 20 s`, `2 d 4 h`. */
export function durationText(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return both(Math.floor(s / 60), "min", s % 60, "s");
  if (s < 86_400) return both(Math.floor(s / 3600), "h", Math.floor((s % 3600) / 60), "min");
  return both(Math.floor(s / 86_400), "d", Math.floor((s % 86_400) / 3600), "h");
}

function both(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
